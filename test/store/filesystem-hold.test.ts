// What is held is what was meant, whatever has come under its name since; as far as the system can tell.
import { constants, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Path } from '../../src/protocol/path.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { makeCalls } from '../../src/store/filesystem-calls.ts';
import { againOf, hold, isAt, within } from '../../src/store/filesystem-hold.ts';
import type { Store } from '../../src/store/store.ts';
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

describe('in one turn, what comes under the name of a directory is used, not the directory that was held', () => {
  const at = (path: string) => path as Path;
  const bytes = async function* () {
    yield Buffer.from('new');
  };

  test.each<[string, (store: Store, path: Path) => Promise<void>]>([
    ['renamed', (store, path) => store.rename(path, at(`${path}-was`))],
    ['removed', (store, path) => store.remove(path)],
  ])('%s', async (_how, leave) => {
    const store = filesystemStore({ folder });
    // The first ones may take more than a turn.
    for (const path of Array.from({ length: 50 }, (_, time) => at(`/c${time}`))) {
      await store.makeCollection(path);
      await store.write(at(`${path}/f`), bytes());
      await store.remove(at(`${path}/f`));
      await leave(store, path);
      await store.makeCollection(path);
      await store.write(at(`${path}/g`), bytes());
      expect(await readFile(`${folder}${path}/g`, 'utf8')).toBe('new');
    }
  });
});
