// Modes and times on the disk: which a file gets, keeps, takes along and is given.
import { chmodSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { filesystemStore } from '../../src/store/filesystem.ts';
import type { Store } from '../../src/store/store.ts';
import { at, chunks, put, textAt } from './speaking.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

let folder: string;
let store: Store;

beforeEach(() => {
  folder = temporaryFolder();
  store = filesystemStore({ folder });
});

afterEach(() => removeFolder(folder));

describe('modes', () => {
  test('a file that nobody may write is patched in a copy that is the owner’s only', async () => {
    writeFileSync(`${folder}/f`, 'abc', { mode: 0o444 });
    await store.copyPatched(at('/f'), at('/g'), 1, chunks('X'));
    expect([readFileSync(`${folder}/g`, 'utf8'), statSync(`${folder}/g`).mode & 0o777]).toEqual(['aXc', 0o600]);
  });

  test('a new file has what the umask leaves, a collection too', async () => {
    await put(store, '/f', 'x');
    await store.makeCollection(at('/c'));
    expect(modeOf('f')).toBe(0o666 & ~process.umask());
    expect(modeOf('c')).toBe(0o777 & ~process.umask());
  });

  test('a replaced file leaves its mode and owner, but no set-id bits', async () => {
    await put(store, '/f', 'old');
    await put(store, '/staged', 'new');
    chmodSync(`${folder}/staged`, 0o700);
    chmodSync(`${folder}/f`, 0o4751);
    await store.rename(at('/staged'), at('/f'));
    expect(await textAt(store, '/f')).toBe('new');
    expect(modeOf('f')).toBe(0o751);
  });

  test.each([
    [0o700, 0o660, 0o770],
    [0o600, 0o754, 0o644],
  ])('Z-apache-x: a file of mode %i that replaces one of %i stays a program or none', async (mode, replaced, wanted) => {
    await put(store, '/staged', 'new');
    await put(store, '/f', 'old');
    chmodSync(`${folder}/staged`, mode);
    chmodSync(`${folder}/f`, replaced);
    await store.rename(at('/staged'), at('/f'));
    expect(modeOf('f').toString(8)).toBe(wanted.toString(8));
  });

  test('a copy has the mode of its source, but no set-id bits', async () => {
    await put(store, '/f', 'x');
    chmodSync(`${folder}/f`, 0o2610);
    await store.copyFile(at('/f'), at('/g'));
    expect([modeOf('f'), modeOf('g')]).toEqual([0o2610, 0o610]);
  });

  test.each([
    ['chmod +x: whoever may read it may run it', 0o640, true, 0o750],
    ['its owner may, even if only others may read it', 0o044, true, 0o155],
    ['chmod -x: nobody may', 0o751, false, 0o640],
    ['a program that only its owner may run, for all who may read it', 0o744, true, 0o755],
    ['no set-id program is made', 0o6644, true, 0o755],
  ])('Z-apache-x: %s', async (_what, mode, executable, wanted) => {
    await put(store, '/f', 'x');
    chmodSync(`${folder}/f`, mode);
    await store.setAttributes(at('/f'), { executable });
    expect(modeOf('f').toString(8)).toBe(wanted.toString(8));
  });

  test('setAttributes keeps the time of the last reading', async () => {
    await put(store, '/f', 'x');
    utimesSync(`${folder}/f`, 1234.5, 1);
    await store.setAttributes(at('/f'), { modified: 99_000 });
    const { atimeMs, mtimeMs } = statSync(`${folder}/f`);
    expect(Math.abs(atimeMs - 1_234_500)).toBeLessThan(1);
    expect(Math.floor(mtimeMs)).toBe(99_000);
  });

  test('setAttributes sets the time of the last reading, alone or with the other', async () => {
    await put(store, '/f', 'x');
    utimesSync(`${folder}/f`, 1, 1234.5);
    const times = () => [Math.floor(statSync(`${folder}/f`).atimeMs), Math.floor(statSync(`${folder}/f`).mtimeMs)];
    await store.setAttributes(at('/f'), { accessed: 77_007 });
    expect(times()).toEqual([77_007, 1_234_500]);
    await store.setAttributes(at('/f'), { accessed: -5000, modified: 88_008 });
    expect(times()).toEqual([-5000, 88_008]);
  });
});

function modeOf(name: string): number {
  return statSync(`${folder}/${name}`).mode & 0o7777;
}
