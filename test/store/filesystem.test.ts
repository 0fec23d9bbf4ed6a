// The store on the disk: the contract of all stores, and what only a disk has: hard links, pipes, odd names.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../src/protocol/path.ts';
import { failedReading } from '../../src/store/copy-failure.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import type { Store } from '../../src/store/store.ts';
import { at, chunks, membersOf, namesIn, put, refusal, resourceAt, statusOf, textAt } from './speaking.ts';
import { storeContract } from './store.contract.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

storeContract('filesystem', async () => {
  const folder = temporaryFolder();
  return { store: filesystemStore({ folder }), close: async () => removeFolder(folder) };
});

let folder: string;
let store: Store;

beforeEach(() => {
  folder = temporaryFolder();
  store = filesystemStore({ folder });
});

afterEach(() => removeFolder(folder));

describe('what is neither file nor collection', () => {
  test('a pipe and a socket are not there, cannot be written over, and nobody waits for them', async () => {
    execFileSync('mkfifo', [`${folder}/pipe`]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(`${folder}/socket`, resolve));
    await put(store, '/f', 'x');
    try {
      for (const special of ['/pipe', '/socket']) {
        expect(await store.stat(at(special))).toBeUndefined();
        expect(await statusOf(store.read(at(special)))).toBe(404);
        expect(await statusOf(store.remove(at(special)))).toBe(404);
        expect(await statusOf(store.rename(at(special), at('/g')))).toBe(404);
        expect(failedReading(await refusal(store.copyFile(at(special), at('/g'))))).toBe(true);
        expect(await statusOf(store.write(at(special), chunks('x')))).toBe(403);
        expect(await statusOf(store.makeCollection(at(special)))).toBe(403);
        expect(await statusOf(store.copyFile(at('/f'), at(special)))).toBe(403);
        expect(await statusOf(store.rename(at('/f'), at(special)))).toBe(403);
        expect(await statusOf(store.setAttributes(at(special), { modified: 0 }))).toBe(403);
        expect(await statusOf(store.stage(at(special)))).toBe(403);
        expect(await store.space(at(special))).toBeUndefined();
      }
      expect(await namesIn(store, '/')).toEqual(['f']);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    expect(lstatSync(`${folder}/pipe`).isFIFO()).toBe(true);
  });
});

describe('names', () => {
  test('one that is not UTF-8 is left out of the listing, and its like in UTF-8 is not', async () => {
    const bytes = (name: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
    writeFileSync(bytes('caf\xe9'), 'latin1');
    writeFileSync(bytes('\xff\xfe'), 'no text at all');
    await put(store, '/caf\uFFFD', 'the replacement character itself');
    await put(store, '/plain', 'x');
    expect(await namesIn(store, '/')).toEqual(['caf\uFFFD', 'plain']);
    expect(await textAt(store, '/caf\uFFFD')).toBe('the replacement character itself');
  });

  test('one too long for the disk is not there, and 403 to write', async () => {
    const long = `/${'x'.repeat(256)}`;
    expect(await store.stat(at(long))).toBeUndefined();
    expect(await statusOf(store.read(at(`${long}/f`)))).toBe(404);
    expect(await statusOf(store.write(at(long), chunks('x')))).toBe(403);
    expect(await statusOf(store.makeCollection(at(`${long}/c`)))).toBe(403);
  });
});

describe('hard links', () => {
  test('B-2.4-a: removing one name leaves the other', async () => {
    await put(store, '/a', 'x');
    linkSync(`${folder}/a`, `${folder}/b`);
    expect((await resourceAt(store, '/a')).identity).toBe((await resourceAt(store, '/b')).identity);
    await store.remove(at('/a'));
    expect(await textAt(store, '/b')).toBe('x');
  });

  test('renaming one onto the other is refused: rename(2) would do nothing and say it did', async () => {
    await put(store, '/a', 'x');
    linkSync(`${folder}/a`, `${folder}/b`);
    expect(await statusOf(store.rename(at('/a'), at('/b')))).toBe(403);
    expect(await namesIn(store, '/')).toEqual(['a', 'b']);
  });
});

describe('the folder', () => {
  test('one that does not exist is refused at once', () => {
    expect(() => filesystemStore({ folder: `${folder}/no` })).toThrow();
  });

  test('one that goes away is 503, and is not made again', async () => {
    removeFolder(folder);
    expect(await statusOf(store.stat(ROOT))).toBe(503);
    expect(await statusOf(membersOf(store, '/'))).toBe(503);
    expect(await statusOf(store.write(at('/f'), chunks('x')))).toBe(503);
    expect(await statusOf(store.makeCollection(ROOT))).toBe(503);
    expect(existsSync(folder)).toBe(false);
  });

  test('another one in its place is 503, until the first is back', async () => {
    await put(store, '/f', 'x');
    renameSync(folder, `${folder}-away`);
    mkdirSync(folder);
    expect(await statusOf(store.stat(ROOT))).toBe(503);
    expect(await statusOf(membersOf(store, '/'))).toBe(503);
    rmdirSync(folder);
    symlinkSync(`${folder}-away`, folder);
    expect(await statusOf(store.stat(ROOT))).toBe(503);
    unlinkSync(folder);
    renameSync(`${folder}-away`, folder);
    expect(await namesIn(store, '/')).toEqual(['f']);
  });

  test.each(['/', '/c'])('one that is taken away while %s is listed: the listing fails at its end', async (path) => {
    await store.makeCollection(at('/c'));
    await put(store, '/c/f', 'x');
    const listing = store.list(at(path))[Symbol.asyncIterator]();
    expect((await listing.next()).done).toBe(false);
    renameSync(folder, `${folder}-away`);
    mkdirSync(folder);
    expect(await statusOf(Promise.resolve(listing.next()))).toBe(503);
    removeFolder(`${folder}-away`);
  });

  test('space is that of the disk', async () => {
    const space = await store.space(ROOT);
    expect(space?.available).toBeGreaterThan(0);
    expect(space?.used).toBeGreaterThan(0);
    expect(await store.space(at('/not-yet'))).toBeDefined();
  });
});

describe('read-only', () => {
  test('every verb that writes is refused, and nothing is made', async () => {
    await put(store, '/f', 'x');
    const reader = filesystemStore({ folder, readOnly: true });
    const before = statSync(folder).mtimeMs;
    let asked = false;
    const source = async function* () {
      asked = true;
      yield Buffer.from('x');
    };
    const refused = [
      reader.write(at('/g'), source()),
      reader.makeCollection(at('/c')),
      reader.copyFile(at('/f'), at('/g')),
      reader.rename(at('/f'), at('/g')),
      reader.remove(at('/f')),
      reader.setAttributes(at('/f'), { modified: 0 }),
      reader.stage(at('/f')),
    ];
    for (const work of refused) expect(await statusOf(work)).toBe(403);
    expect(asked).toBe(false);
    expect(await reader.writable(ROOT)).toBe(false);
    expect(readdirSync(folder)).toEqual(['f']);
    expect(statSync(folder).mtimeMs).toBe(before);
    expect(await textAt(reader, '/f')).toBe('x');
    expect(await namesIn(reader, '/')).toEqual(['f']);
  });
});

describe('the disk beneath', () => {
  test('what others change is seen at once', async () => {
    await put(store, '/f', 'x');
    const before = await resourceAt(store, '/f');
    writeFileSync(`${folder}/f`, 'longer');
    const after = await resourceAt(store, '/f');
    expect(after.size).toBe(6);
    expect(after.etag).not.toBe(before.etag);
  });

  test('tags are the same in another process: they come from the disk alone', async () => {
    await put(store, '/f', 'x');
    await store.makeCollection(at('/c'));
    expect(await membersOf(filesystemStore({ folder }), '/')).toEqual(await membersOf(store, '/'));
  });

  test('a file that shrinks while it is read is a failure, never a short answer', async () => {
    writeFileSync(`${folder}/f`, Buffer.alloc(600_000));
    const read = async () => {
      for await (const _ of (await store.read(at('/f'))).bytes()) writeFileSync(`${folder}/f`, 'short');
    };
    expect(await statusOf(read())).toBe(500);
  });

  test('nothing stays open', async () => {
    await put(store, '/f', 'x'.repeat(600_000));
    await store.makeCollection(at('/c'));
    await letGo();
    const before = descriptors();
    await textAt(store, '/f');
    await store.copyFile(at('/f'), at('/g'));
    await statusOf(store.copyFile(at('/f'), at('/g')));
    await statusOf(store.read(at('/c')));
    for await (const _ of (await store.read(at('/f'))).bytes()) break;
    await (await store.read(at('/f'))).bytes()[Symbol.asyncIterator]().return?.(); // before the first chunk
    for await (const _ of store.list(ROOT)) break;
    await letGo();
    expect(descriptors()).toEqual(before);
  });

  test('the content of a written file is on the disk as it is', async () => {
    await store.write(at('/f'), chunks('a', '', 'bc'));
    expect(readFileSync(`${folder}/f`, 'utf8')).toBe('abc');
    mkdirSync(`${folder}/c`);
    expect((await resourceAt(store, '/c')).collection).toBe(true);
  });
});

/** A directory is held for the turn in which something is done in it, and let go in one of the next. */
async function letGo(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Where the open descriptors of this process into the folder lead. */
function descriptors(): string[] {
  const open = execFileSync('sh', ['-c', `ls -l /proc/${process.pid}/fd 2>/dev/null || true`], { encoding: 'utf8' });
  return open.split('\n').filter((line) => line.includes(folder));
}
