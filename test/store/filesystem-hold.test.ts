// What is held is what was meant, whatever has come under its name since; as far as the system can tell.
import { constants, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeCalls } from '../../src/store/filesystem-calls.ts';
import { againOf, hold, isAt, within } from '../../src/store/filesystem-hold.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

const calls = makeCalls(async (now) => now());
const knows = process.platform === 'linux' && existsSync('/proc/self/fd');
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(`${folder}/a/b`, { recursive: true });
  mkdirSync(`${folder}/outside/b`, { recursive: true });
  writeFileSync(`${folder}/a/b/f`, 'inside');
  writeFileSync(`${folder}/outside/b/secret`, 'secret');
});

afterEach(() => removeFolder(folder));

function swap(): void {
  renameSync(`${folder}/a`, `${folder}/was-a`);
  symlinkSync('outside', `${folder}/a`);
}

test('a directory above which a link has come is not held', async () => {
  swap();
  const held = within(calls, `${folder}/a/b`, (place) => readdir(place)).catch((error) => error.code);
  expect(await held).toEqual(knows ? 'ENOENT' : ['secret']);
});

test('a held directory stays the same', async () => {
  const { place, release } = await hold(calls, `${folder}/a/b`);
  swap();
  expect(await readdir(place)).toEqual(knows ? ['f'] : ['secret']);
  await release();
});

test('an open file is known by its place, also when another was renamed to it', async () => {
  const real = `${folder}/a/b/f`;
  const handle = await calls.open(real, constants.O_RDONLY);
  expect(await isAt(calls, handle, real)).toBe(knows ? true : undefined);
  expect(await isAt(calls, handle, `${folder}/outside/b/secret`)).toBe(knows ? false : undefined);
  writeFileSync(`${folder}/new`, 'new');
  renameSync(`${folder}/new`, real);
  expect(await isAt(calls, handle, real)).toBe(knows ? true : undefined);
  expect(await readFile(againOf(handle, real), 'utf8')).toBe(knows ? 'inside' : 'new');
  await handle.close();
});
