// A state folder has one owner at a time, and what it was told survives its violent end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { lmdbState } from '../../src/state/lmdb.ts';
import { StateInUse } from '../../src/state/state-owner.ts';
import { Children } from './child.ts';
import { at, mark, marks, NOW } from './state.fixtures.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'dav207-owner-'));
  folder = join(parent, '.dav207');
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('two states in one process', () => {
  test('the second is told so at once', async () => {
    const first = await lmdbState(folder);
    await first.commit(mark('/a'));
    await expect(lmdbState(folder)).rejects.toThrow(new StateInUse(folder, process.pid));
    await expect(lmdbState(folder)).rejects.toBeInstanceOf(StateInUse);
    await expect(lmdbState(folder, { readOnly: true })).rejects.toBeInstanceOf(StateInUse);
    expect(await marks(first, '/a')).toEqual({ '/a': '/a' });
    await first.close();
    expect(existsSync(join(folder, 'owner'))).toBe(false);
    const next = await lmdbState(folder);
    expect(await marks(next, '/a')).toEqual({ '/a': '/a' });
    await next.close();
  });

  test('when both began before there was a folder, the first that writes owns it', async () => {
    const first = await lmdbState(folder);
    const second = await lmdbState(folder);
    await first.commit(mark('/a'));
    const refused = { status: 503, cause: { name: 'StateInUse', pid: process.pid } };
    await expect(second.commit(mark('/b'))).rejects.toMatchObject(refused);
    await expect(second.properties(at('/a'))).rejects.toMatchObject(refused);
    await first.commit(mark('/c'));
    await first.close();
    await second.commit(mark('/b'));
    expect(await marks(second, '/a', '/b', '/c')).toEqual({ '/a': '/a', '/b': '/b', '/c': '/c' });
    await second.close();
  });

  test('and what it leaves unfinished is for a start to settle, not for the other', async () => {
    const first = await lmdbState(folder);
    const second = await lmdbState(folder);
    await first.begin({ id: 'j', renames: [], changes: [], staged: [], sweep: [at('/a')] });
    await first.close();
    for (const verb of [() => second.commit(mark('/b')), () => second.locksOn(at('/a'), NOW), () => second.own()])
      await expect(verb()).rejects.toMatchObject({ status: 503, cause: { message: expect.stringContaining(folder) } });
    await second.close();
    const third = await lmdbState(folder);
    expect(await third.unfinished()).toHaveLength(1);
    await third.close();
  });
});

describe('the record of the owner', () => {
  /** A process that was there and is no longer. */
  async function deadPid(): Promise<number> {
    const child = spawn('/bin/sh', ['-c', 'exit']);
    await once(child, 'exit');
    return child.pid ?? 0;
  }

  test.each([
    ['of a dead process', async () => `${await deadPid()} boot 1\n`],
    ['of an earlier process with the same id', async () => `${process.pid} boot 1\n`],
    ['that says nothing', async () => ''],
    ['that a power cut left without its bytes', async () => '\0\0\0\0'],
  ])('%s is taken over', async (_, record) => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'owner'), await record());
    const state = await lmdbState(folder);
    expect(readFileSync(join(folder, 'owner'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await expect(lmdbState(folder)).rejects.toBeInstanceOf(StateInUse);
    await state.close();
  });

  test('of a process that ends while it is looked at is taken over', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'owner'), `${await deadPid()} boot 1\n`);
    jest.spyOn(process, 'kill').mockReturnValueOnce(true);
    const state = await lmdbState(folder).finally(() => jest.restoreAllMocks());
    expect(readFileSync(join(folder, 'owner'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await state.close();
  });

  test.each(['what?', '42 is the answer\n', '42\n'])('is not made in the place of a file that is none: %j', async (content) => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'owner'), content);
    await expect(lmdbState(folder)).rejects.toMatchObject({ status: 500 });
    expect([readdirSync(folder), readFileSync(join(folder, 'owner'), 'utf8')]).toEqual([['owner'], content]);
  });

  test('of a live process whose start is not known is respected', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'owner'), `${process.ppid} \n`);
    await expect(lmdbState(folder)).rejects.toMatchObject({ pid: process.ppid });
    expect(readFileSync(join(folder, 'owner'), 'utf8')).toBe(`${process.ppid} \n`);
  });
});

describe('with a child process', () => {
  let children: Children;
  beforeAll(() => {
    children = new Children();
  });
  afterAll(() => children.end());

  test('a live owner keeps others out, but for readers; killed, it leaves all that it had confirmed', async () => {
    const owner = children.start(
      `const state = await lmdbState(folder);
       await state.addLock({ token: 'urn:uuid:1', root: '/a', collection: true, scope: 'shared', depth: 0, principal: 'ann', expires: 1e15 }, () => true, 0);
       await state.begin({ id: 'j', renames: [], changes: [], staged: [], sweep: ['/a'] });
       await state.commit([{ do: 'set', path: '/a', properties: [{ namespace: 'urn:n', name: 'x', xml: '<x/>' }] }]);
       say('done');
       setInterval(() => {}, 1e6);`,
      folder,
    );
    expect(await owner.line()).toBe('done');
    await expect(lmdbState(folder)).rejects.toMatchObject({ constructor: StateInUse, pid: owner.pid });
    const reader = await lmdbState(folder, { readOnly: true });
    expect(await reader.properties(at('/a'))).toHaveLength(1);
    await reader.close();
    await owner.kill();
    const state = await lmdbState(folder);
    expect(await state.locksOn(at('/a'), NOW)).toMatchObject([{ token: 'urn:uuid:1', scope: 'shared', depth: 0, principal: 'ann' }]);
    expect(await state.properties(at('/a'))).toEqual([{ namespace: 'urn:n', name: 'x', xml: '<x/>' }]);
    expect(await state.unfinished()).toMatchObject([{ id: 'j', sweep: ['/a'] }]);
    await state.close();
  });

  test('killed in the middle of many concurrent writes, it has kept every one it confirmed, and each whole', async () => {
    const writer = children.start(
      `const state = await lmdbState(folder);
       let next = 0;
       for (let lane = 0; lane < 32; lane++) (async () => {
         for (;;) {
           const n = next++;
           const properties = [{ namespace: 'urn:n', name: 'n', xml: String(n) }];
           await state.commit(['/a', '/b'].map((path) => ({ do: 'set', path: path + n, properties })));
           say(n);
         }
       })();`,
      folder,
    );
    const confirmed: string[] = [];
    while (confirmed.length < 500) confirmed.push((await writer.line()) ?? 'ended too early');
    confirmed.push(...(await writer.kill()).filter((line) => line !== ''));
    const state = await lmdbState(folder);
    const { properties } = await state.membership(at('/'), NOW);
    expect(confirmed.filter((n) => properties.get(at(`/a${n}`))?.[0]?.xml !== n)).toEqual([]);
    const torn = [...properties.keys()].filter((path) => !properties.has(at(path.replace(/[ab]/, (side) => (side === 'a' ? 'b' : 'a')))));
    expect(torn).toEqual([]);
    await state.close();
  });

  test('of processes that begin at once over a dead record, one owns the folder', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'owner'), `${process.pid} boot 1\n`);
    const program = `lmdbState(folder).then(() => say('mine'), (error) => say(error instanceof StateInUse ? 'in use' : error.cause.message));
                     setInterval(() => {}, 1e6);`;
    const rivals = Array.from({ length: 3 }, () => children.start(program, folder));
    const answers = await Promise.all(rivals.map((rival) => rival.line()));
    expect(answers.sort()).toEqual(['in use', 'in use', 'mine']);
    await Promise.all(rivals.map((rival) => rival.kill()));
  });

  test('a full disk refuses the verb with 507, stores nothing of it, and ends neither process nor state', async () => {
    const writer = children.start(
      `const state = await lmdbState(folder);
       const set = (path, size) => ({ do: 'set', path, properties: [{ namespace: 'urn:n', name: 'x', xml: 'x'.repeat(size) }] });
       await state.commit([set('/before', 1)]);
       for (const big of ['/big/1', '/big/2']) await state.commit([set('/big', 1), set(big, 3e6)]).catch((error) => say(error.status));
       await state.commit([set('/after', 1)]);
       const { properties } = await state.membership('/', 0);
       say([...properties.keys()].join(' '));
       await state.close();
       say('closed');`,
      folder,
      'ulimit -f 2000;', // of 512 or 1,024 bytes
    );
    expect([await writer.line(), await writer.line(), await writer.line()]).toEqual(['507', '507', '/after /before']);
    expect([await writer.line(), await writer.line()]).toEqual(['closed', undefined]);
    const state = await lmdbState(folder);
    expect([...(await state.membership(at('/'), NOW)).properties.keys()]).toEqual(['/after', '/before']);
    await state.close();
  });

  test('where the disk is full from the first, nothing is begun, and it is tried again', async () => {
    const writer = children.start(
      `const state = await lmdbState(folder);
       for (const path of ['/a', '/b'])
         await state.commit([{ do: 'set', path, properties: [{ namespace: 'urn:n', name: 'x', xml: '' }] }]).catch((error) => say(error.status));`,
      folder,
      'ulimit -f 200;', // of 512 or 1,024 bytes
    );
    expect([await writer.line(), await writer.line(), await writer.line()]).toEqual(['507', '507', undefined]);
    expect(readdirSync(folder)).toEqual(['state.mdb-lock']);
  });

  test('a zombie owns nothing', async () => {
    // The inner shell ends when it has read a line; by then its parent is `sleep`, which never asks after it.
    const keeper = spawn('/bin/sh', ['-c', 'exec 3<&0; (read line <&3) & echo $!; exec sleep 60'], { stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      const [said] = (await once(keeper.stdout, 'data')) as [Buffer];
      const zombie = Number(said.toString());
      const stat = (pid: number | undefined) => readFileSync(`/proc/${pid}/stat`, 'latin1');
      while (!stat(keeper.pid).includes('(sleep)')) await setImmediate();
      keeper.stdin.write('\n');
      while (!stat(zombie).includes(') Z ')) await setImmediate();
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
      mkdirSync(folder);
      writeFileSync(join(folder, 'owner'), `${zombie} ${boot} ${stat(zombie).split(') ')[1]?.split(' ')[19]}\n`);
      const state = await lmdbState(folder);
      await state.close();
    } finally {
      keeper.kill();
      await once(keeper, 'exit');
    }
  });
});
