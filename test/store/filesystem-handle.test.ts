// An open file as the store uses it: closed once, whatever still runs, and of no use to anybody afterwards.
import { constants, existsSync, linkSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Calls, makeCalls } from '../../src/store/filesystem-calls.ts';
import type { Pace } from '../../src/store/filesystem-pace.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

const here: Pace = async (now) => now();
const pooled: Pace = (_now, later) => later();
let folder: string;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = `${folder}/f`;
  writeFileSync(file, 'abcdef');
});
afterEach(() => removeFolder(folder));

const openTo = (calls: Calls) => calls.open(file, constants.O_RDWR);
/** Descriptors of this process that lead to the file. */
const descriptors = () => readdirSync('/proc/self/fd').filter((fd) => leadsTo(`/proc/self/fd/${fd}`));

function leadsTo(fd: string): boolean {
  try {
    return readlinkSync(fd) === file;
  } catch {
    return false;
  }
}

describe.each([
  ['here and now', here],
  ['by the thread pool', pooled],
])('%s', (_way, pace) => {
  const calls = makeCalls(pace);

  test('bytes are read and written where they are asked for', async () => {
    const handle = await openTo(calls);
    const bytes = Buffer.alloc(4, '.');
    expect(await handle.read(bytes, 1, 3, 4)).toBe(2);
    expect(bytes.toString()).toBe('.ef.');
    expect(await handle.write(Buffer.from('-XY-'), 1, 2, 2)).toBe(2);
    expect((await handle.stat()).size).toBe(6n);
    await handle.chmod(0o640);
    expect((await handle.stat()).mode & 0o777n).toBe(0o640n);
    await handle.chown(process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    await handle.close();
    expect(readFileSync(file, 'utf8')).toBe('abXYef');
  });

  test('it is closed once, and nothing can be done with it then', async () => {
    const handle = await openTo(calls);
    const { fd } = handle;
    await handle.close();
    const other = await openTo(calls);
    expect(other.fd).toBe(fd); // the system gives the number to the next
    await handle.close();
    await expect(handle.stat()).rejects.toThrow();
    await expect(handle.read(Buffer.alloc(1), 0, 1, 0)).rejects.toThrow();
    await expect(handle.write(Buffer.from('!'), 0, 1, 0)).rejects.toThrow();
    expect((await other.stat()).size).toBe(6n);
    await other.close();
    expect(readFileSync(file, 'utf8')).toBe('abcdef');
  });

  test('members of a directory come once each, in batches', async () => {
    for (let name = 0; name < 600; name++) linkSync(file, `${folder}/${name}`);
    const names: string[] = [];
    for await (const batch of calls.entries(folder)) {
      expect(batch.length).toBeLessThanOrEqual(256);
      names.push(...batch.map((entry) => entry.name));
    }
    expect(names.sort()).toEqual(readdirSync(folder).sort());
  });

  test('a directory that is given up half-way is closed', async () => {
    for (let name = 0; name < 600; name++) linkSync(file, `${folder}/${name}`);
    for await (const _batch of calls.entries(folder)) break;
    expect(
      readdirSync('/proc/self/fd').filter((fd) => existsSync(`/proc/self/fd/${fd}`) && readlinkSync(`/proc/self/fd/${fd}`) === folder),
    ).toEqual([]);
  });
});

test('what still runs when it is closed is waited for: its number is not given to another file meanwhile', async () => {
  let pace = pooled;
  const handle = await openTo(makeCalls((now, later) => pace(now, later)));
  const writing = handle.write(Buffer.from('x'), 0, 1, 0);
  pace = here; // so that nothing but the wait keeps it open
  const closing = handle.close();
  expect(descriptors()).toHaveLength(1);
  await writing;
  await closing;
  expect(descriptors()).toHaveLength(0);
});

test('what comes while it is being closed is refused: the number may be gone before the thread pool has its turn', async () => {
  const handle = await openTo(makeCalls(pooled));
  const closing = handle.close();
  const late = Buffer.alloc(6);
  await expect(handle.read(late, 0, 6, 0)).rejects.toThrow();
  await closing;
  expect(late).toEqual(Buffer.alloc(6));
});
