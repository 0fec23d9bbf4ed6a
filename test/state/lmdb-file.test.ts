// LMDB ends the process on a file that is no database, or whose lock file another has emptied: neither gets that far.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lmdbState } from '../../src/state/lmdb.ts';
import { hasDatabase, reserve, StateDamaged } from '../../src/state/lmdb-file.ts';
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
    utimesSync(file, 0, 0); // of just now, it might be in the making
    await expect(lmdbState(folder, { readOnly })).rejects.toMatchObject({ constructor: StateDamaged, file });
  });

  test('an empty file is a database that was only begun', async () => {
    writeFileSync(file, '');
    const state = await lmdbState(folder, { readOnly });
    expect(await marks(state, '/a')).toEqual({});
    await state.close();
  });
});

test('a file of which another process writes the first pages just now is waited for', async () => {
  await plant();
  const writer = new Worker(
    `const { appendFileSync, readFileSync, truncateSync } = require('node:fs');
     const { parentPort, workerData: file } = require('node:worker_threads');
     const rest = readFileSync(file).subarray(8192);
     truncateSync(file, 8192);
     parentPort.postMessage('begun');
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
     appendFileSync(file, rest);`,
    { eval: true, workerData: file },
  );
  await once(writer, 'message');
  expect(hasDatabase(file, 8192)).toBe(true);
  await writer.terminate();
});

test('but not for longer than that takes, though somebody goes on writing', async () => {
  await plant();
  truncateSync(file, 8192);
  const toucher = new Worker(
    `const { appendFileSync, readFileSync, utimesSync } = require('node:fs');
     const { parentPort, workerData: file } = require('node:worker_threads');
     parentPort.postMessage('begun');
     for (const end = Date.now() + 10_000; Date.now() < end; ) utimesSync(file, new Date(), new Date());
     appendFileSync(file, readFileSync(file)); // it was waited for longer`,
    { eval: true, workerData: file },
  );
  await once(toucher, 'message');
  expect(() => hasDatabase(file, 8192)).toThrow(StateDamaged);
  await toucher.terminate();
});

test('the lock file comes whole and for this user only; then LMDB alone writes to it', () => {
  const lockFile = `${file}-lock`;
  reserve(file, 0);
  expect(statSync(lockFile)).toMatchObject({ mode: 0o100600, nlink: 1 });
  expect(statSync(lockFile).blocks * 512).toBeGreaterThanOrEqual(8272);
  truncateSync(lockFile, 0);
  truncateSync(lockFile, 8272); // as LMDB does before it writes: another process may be just there
  reserve(file, 0);
  expect(statSync(lockFile)).toMatchObject({ blocks: 0, size: 8272 });
  writeFileSync(lockFile, 'in use');
  reserve(file, 0);
  expect(readFileSync(lockFile, 'utf8')).toBe('in use');
});

test('what was left of that by who was killed is gone once somebody owns the folder', async () => {
  for (const name of ['state.mdb-room', 'state.mdb-lock-1-2']) writeFileSync(join(folder, name), 'x');
  await plant();
  expect(readdirSync(folder).sort()).toEqual(['state.mdb', 'state.mdb-lock', 'state.mdb-reserve']);
});
