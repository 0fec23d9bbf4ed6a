// davfs2's locks: a file that is open for writing on one drive is locked on the server, and others can read it until it is closed.
import { appendFile, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { curl, property } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { type Drive, mount } from './davfs2.ts';
import { eventually } from './program.ts';
import { undone } from './undone.ts';

const FIRST = { lock_owner: 'the first drive' };
const SECOND = { lock_owner: 'the second drive' };
const made = undone(afterEach);
let server: RunningServer;
beforeEach(async () => {
  server = await made.server();
  await writeFile(disk('letter'), 'Dear all');
});

const disk = (name: string) => join(server.folder, name);
const letter = () => readFile(disk('letter'), 'utf8');
const locks = (name: string) => property(server.url + name, 'D:lockdiscovery');
/** What somebody else's curl is answered: PUT, PROPPATCH, MOVE, DELETE. */
async function others(name: string): Promise<number[]> {
  const patch = '<propertyupdate xmlns="DAV:"><set><prop><x>y</x></prop></set></propertyupdate>';
  const answers: number[] = [];
  for (const args of [
    ['-X', 'PUT', '-d', 'theirs'],
    ['-X', 'PROPPATCH', '-H', 'Content-Type: application/xml', '-d', patch],
    ['-X', 'MOVE', '-H', 'Destination: /elsewhere'],
    ['-X', 'DELETE'],
  ])
    answers.push((await curl([...args, server.url + name])).status);
  return answers;
}

describe('a file open for writing', () => {
  let first: Drive;
  let second: Drive;
  beforeEach(async () => {
    first = await mount(made, server.url, { settings: FIRST });
    second = await mount(made, server.url, { settings: SECOND });
  });

  test('is locked on the server until it is closed', async () => {
    const file = await open(first.at('letter'), 'r+');
    expect(await locks('letter')).toMatch(/exclusive.*the first drive.*Second-1\d{3}</s);
    expect(await others('letter')).toEqual([423, 423, 423, 423]);
    await file.write(', yours', 8);
    expect(await letter()).toBe('Dear all');
    await file.close();
    await first.uploaded();
    expect(await letter()).toBe('Dear all, yours');
    expect(await locks('letter')).toBeUndefined();
    expect(await others('letter')).toEqual([204, 207, 201, 404]);
  });

  test('can be read but not written, removed or renamed on a second drive, until it is closed', async () => {
    const file = await open(first.at('letter'), 'a');
    await file.write(', from the first');
    expect(await readFile(second.at('letter'), 'utf8')).toBe('Dear all');
    await expect(appendFile(second.at('letter'), 'not now')).rejects.toMatchObject({ code: 'EACCES' });
    await expect(rm(second.at('letter'))).rejects.toMatchObject({ code: 'EACCES' });
    // davfs2 has this word for any failure of MOVE.
    await expect(rename(second.at('letter'), second.at('mine'))).rejects.toMatchObject({ code: 'EIO' });
    await file.close();
    await first.uploaded();
    await eventually('the second reads it', async () => (await readFile(second.at('letter'), 'utf8')) === 'Dear all, from the first');
    await appendFile(second.at('letter'), ', and the second');
    await second.uploaded();
    expect(await letter()).toBe('Dear all, from the first, and the second');
    await eventually('the first reads it', async () => (await readFile(first.at('letter'), 'utf8')) === (await letter()));
    expect(await locks('letter')).toBeUndefined();
  });

  test('that is new has its name for itself', async () => {
    const file = await open(first.at('new'), 'wx');
    expect(await locks('new')).toMatch(/the first drive/);
    expect(await others('new')).toEqual([423, 423, 423, 423]);
    await expect(writeFile(second.at('new'), 'mine')).rejects.toMatchObject({ code: 'EACCES' });
    await file.write('first');
    await file.close();
    await first.uploaded();
    expect(await readFile(disk('new'), 'utf8')).toBe('first');
    expect(await locks('new')).toBeUndefined();
  });

  test('can be renamed and removed by who has it open', async () => {
    const file = await open(first.at('letter'), 'a');
    await file.write(', yours');
    await rename(first.at('letter'), first.at('sent'));
    await file.close();
    await first.uploaded();
    expect(await readFile(disk('sent'), 'utf8')).toBe('Dear all, yours');
    expect(await locks('sent')).toBeUndefined();
    const again = await open(first.at('sent'), 'a');
    await rm(first.at('sent'));
    await again.close();
    await first.uploaded();
    expect((await readdir(server.folder)).filter((name) => name !== '.dav207')).toEqual([]);
  });
});

test('a lock that a crash left behind is taken up again by the drive that had it, and by no other', async () => {
  const first = await mount(made, server.url, { settings: FIRST });
  const file = await open(first.at('letter'), 'a');
  await first.crash();
  await file.close().catch(() => {}); // There is nobody to close it.
  expect(await others('letter')).toEqual([423, 423, 423, 423]);
  const second = await mount(made, server.url, { settings: SECOND });
  await expect(appendFile(second.at('letter'), 'not mine')).rejects.toMatchObject({ code: 'EACCES' });
  const again = await mount(made, server.url, { settings: FIRST, place: first.place });
  await appendFile(again.at('letter'), ', once more');
  await again.uploaded();
  expect(await letter()).toBe('Dear all, once more');
  expect(await locks('letter')).toBeUndefined();
});

// Without locks there is still If-Match. With the same `lock_owner`, which nameless drives share unless told otherwise,
// davfs2 takes the other drive's lock for its own and gives it back too early, so that the other's token is good no more.
test.each([
  { what: 'without locks', settings: { use_locks: 0 } },
  { what: 'with one lock_owner', settings: FIRST },
])('two drives $what: the later upload is refused, and kept aside', async ({ settings }) => {
  const first = await mount(made, server.url, { settings });
  const second = await mount(made, server.url, { settings });
  const one = await open(first.at('letter'), 'a');
  const other = await open(second.at('letter'), 'a');
  await one.write(', from the first');
  await other.write(', from the second');
  await one.close();
  await first.uploaded();
  await other.close();
  await second.uploaded();
  expect(await letter()).toBe('Dear all, from the first');
  const [kept = '', ...more] = await readdir(second.at('lost+found'));
  expect(more).toEqual([]);
  expect(await readFile(second.at('lost+found', kept), 'utf8')).toBe('Dear all, from the second');
  expect(await locks('letter')).toBeUndefined();
});

describe('people with names', () => {
  test("nobody takes another's lock, whatever name they sign with", async () => {
    const guarded = await made.server({ args: ['--user', 'ann:open sesame', '--user', 'bob:builder'] });
    const ann = await mount(made, guarded.url, { user: 'ann:open sesame' });
    await writeFile(ann.at('diary'), 'today');
    await ann.uploaded();
    const bob = await mount(made, guarded.url, { user: 'bob:builder', settings: { lock_owner: 'ann' } });
    const file = await open(ann.at('diary'), 'a');
    expect(await property(`${guarded.url}diary`, 'D:lockdiscovery', ['-u', 'bob:builder'])).toMatch(/>ann</);
    await expect(appendFile(bob.at('diary'), ' I read this')).rejects.toMatchObject({ code: 'EACCES' });
    expect(await readFile(bob.at('diary'), 'utf8')).toBe('today');
    await file.write(' and tomorrow');
    await file.close();
    await ann.uploaded();
    expect(await readFile(join(guarded.folder, 'diary'), 'utf8')).toBe('today and tomorrow');
    // For one second davfs2 goes on from what it has; its upload would be refused.
    await eventually('bob reads it', async () => (await readFile(bob.at('diary'), 'utf8')) === 'today and tomorrow');
    await appendFile(bob.at('diary'), ', says bob');
    await bob.uploaded();
    expect(await readFile(join(guarded.folder, 'diary'), 'utf8')).toBe('today and tomorrow, says bob');
  });
});
