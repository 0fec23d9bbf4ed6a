// LMDB ends the process on a file that is no database: none gets that far.
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lmdbState } from '../../src/state/lmdb.ts';
import { reserve, StateDamaged } from '../../src/state/lmdb-file.ts';
import { mark, marks } from './state.fixtures.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dav207-file-'));
  file = join(folder, 'state.mdb');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function plant(): Promise<void> {
  const state = await lmdbState(folder);
  await state.commit(mark('/a'));
  await state.close();
}

const DAMAGES: Readonly<Record<string, () => void>> = {
  'cut within its first page': () => truncateSync(file, 10),
  'cut behind its first page': () => truncateSync(file, 8192),
  'torn at its first page': () => writeFileSync(file, readFileSync(file).fill(0, 0, 8192)),
  'something else altogether': () => writeFileSync(file, 'no database'.repeat(10_000)),
};

describe.each([false, true])('read-only: %j', (readOnly) => {
  test.each(Object.entries(DAMAGES))('a file that is %s is refused by its name', async (_, damage) => {
    await plant();
    damage();
    await expect(lmdbState(folder, { readOnly })).rejects.toMatchObject({ constructor: StateDamaged, file });
  });

  test('an empty file is a database that was only begun', async () => {
    writeFileSync(file, '');
    const state = await lmdbState(folder, { readOnly });
    expect(await marks(state, '/a')).toEqual({});
    await state.close();
  });
});

test('the lock file has its blocks before LMDB has it, and is left alone when it says something', () => {
  writeFileSync(`${file}-lock`, '');
  truncateSync(`${file}-lock`, 8272);
  reserve(file, 0);
  expect(statSync(`${file}-lock`).blocks * 512).toBeGreaterThanOrEqual(8272);
  writeFileSync(`${file}-lock`, 'in use');
  reserve(file, 0);
  expect(readFileSync(`${file}-lock`, 'utf8')).toBe('in use');
});
