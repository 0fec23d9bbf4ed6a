// The thread that looks at the members of large collections sees what the event loop would, and nothing is lost without it.
import { lstatSync, mkdirSync, renameSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import * as pool from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Path } from '../../src/protocol/path.ts';
import { makeEtags } from '../../src/store/etag.ts';
import type { Look } from '../../src/store/filesystem-look.ts';
import { type LookThread, makeLookThread } from '../../src/store/filesystem-look-thread.ts';
import { lookingAt, looksIn } from '../../src/store/filesystem-looks.ts';
import { makeMembers } from '../../src/store/filesystem-members.ts';
import { resourceBy, resourceOf } from '../../src/store/filesystem-resource.ts';
import { type HeldDirectory, here, holdDirectory, later } from './held-directory.ts';

const lookAround = lookingAt(lstatSync);
const MANY = Array.from({ length: 300 }, (_, index) => `f${index}`);
const ENOUGH = Array.from({ length: 3000 }, (_, index) => `f${index}`);

let home: string;
let real: string;
let held: HeldDirectory;

beforeEach(async () => {
  held = await holdDirectory('served', 'outside', MANY);
  ({ home, real } = held);
});

afterEach(() => held.end());

const PATH = '/a' as Path;
const statsOf = (name: string) => lstatSync(`${real}/${name}`, { bigint: true });
/** By what the event loop would see. */
const seen = (name: string, etags = makeEtags()) => resourceOf(PATH, false, statsOf(name), etags);
const told = (look: Look | undefined, etags = makeEtags()) => look && resourceBy(PATH, false, look, etags);
const membersBy = (thread: LookThread) =>
  makeMembers(here, (place) => pool.lstat(place, { bigint: true }), later, thread)(held.place, real);

/** A thread that has begun. */
async function begun(slow = Number.POSITIVE_INFINITY): Promise<LookThread> {
  const thread = makeLookThread(2, slow);
  let first = thread.look(real, ENOUGH);
  for (; !first; first = thread.look(real, ['f0'])) await new Promise((resolve) => setImmediate(resolve));
  await first;
  return thread;
}

test('it looks at files, collections and links, whatever they are called, and says what is not there', async () => {
  mkdirSync(`${real}/Ünter`);
  symlinkSync('nowhere', `${real}/a\nlink`);
  writeFileSync(`${real}/ `, 'blank');
  const thread = await begun();
  const names = ['f7', 'Ünter', 'a\nlink', 'none', ' '];
  const looks = await thread.look(real, names);
  expect(looks?.map((look) => told(look))).toEqual(names.map((name) => (name === 'none' ? undefined : seen(name))));
  // By what is held too: descriptors belong to the process.
  expect(await thread.look(held.place, names)).toEqual(looks);
});

test('times before 1970 are told as they are', async () => {
  utimesSync(`${real}/f1`, new Date(-1500), new Date(-1500));
  const looks = await (await begun()).look(real, ['f1']);
  expect(told(looks?.[0])).toEqual(seen('f1'));
  expect(told(looks?.[0])?.modified).toBe(-1500);
});

test('numbers of more than 53 bits are told as they are', () => {
  const large = Object.assign(statsOf('f1'), { ino: 2n ** 60n + 1n, dev: 2n ** 54n + 1n });
  const [look] = looksIn(lookingAt((() => large) as never)('', ['f1']));
  expect(told(look)).toEqual(resourceOf(PATH, false, large, makeEtags()));
});

test('what this process has written within one tick of the clock has the tag that tells it apart', async () => {
  const etags = makeEtags();
  const looks = await (await begun()).look(real, ['f1', 'f2']);
  etags.written(statsOf('f1'));
  const before = told(looks?.[0], etags)?.etag;
  etags.written(statsOf('f1'));
  expect(told(looks?.[0], etags)).toEqual(seen('f1', etags));
  expect(told(looks?.[0], etags)?.etag).not.toBe(before);
  expect(told(looks?.[1], etags)).toEqual(seen('f2'));
});

test('requests are answered in their order, and who asks too much at once does it himself', async () => {
  const thread = await begun();
  const asked = ['f1', 'f2', 'f3', 'f4', 'f5', 'f6'].map((name) => thread.look(real, [name]));
  const answers = await Promise.all(asked.map(async (answer) => told((await answer)?.[0])));
  expect(answers).toEqual(['f1', 'f2', 'f3', 'f4', undefined, undefined].map((name) => name && seen(name)));
});

test('after two slow answers, and not after one, the next ones are left to who asks, and then it is tried again', async () => {
  const thread = await begun(-1);
  const second = thread.look(real, ['f1']);
  expect(second).toBeDefined();
  await second;
  for (let request = 0; request < 16; request++) expect(thread.look(real, ['f1'])).toBeUndefined();
  expect((await thread.look(real, ['f1']))?.[0]?.identity).toBe(seen('f1').identity);
});

test('it does not begin for a few, nor beside a single processor', async () => {
  const idle = [makeLookThread(2), makeLookThread(1)] as const;
  idle[0].look(real, MANY);
  idle[1].look(real, ENOUGH);
  await begun(); // which takes as long
  for (const thread of idle) expect(thread.look(real, ['f1'])).toBeUndefined();
});

test('it begins for a few, where many are foreseen, and for one collection of many', async () => {
  const threads = [makeLookThread(2), makeLookThread(2), makeLookThread(2)] as const;
  threads[0].look(real, MANY, ENOUGH.length);
  threads[1].list(real, 100);
  for (const foreseen of [2000, 2000]) threads[2].look(real, ['f1'], foreseen);
  // To ask for none of them makes nobody begin.
  for (const thread of threads.slice(0, 2)) while (!(await thread.look(real, []))) await new Promise((resolve) => setImmediate(resolve));
  expect(threads[2].look(real, ['f1'])).toBeUndefined();
});

test('members are the same with it', async () => {
  const lookAt = membersBy(await begun());
  expect((await lookAt(MANY)).map((look) => told(look))).toEqual(MANY.map((name) => seen(name)));
});

test('members are looked at without it where it ends before it answers', async () => {
  const lookAt = membersBy({ look: async () => undefined, list: () => undefined });
  expect((await lookAt(MANY)).map((look) => told(look))).toEqual(MANY.map((name) => seen(name)));
});

test('what it has seen while a link stood for the directory is not believed', async () => {
  const deceived: LookThread = {
    async look(place, names) {
      renameSync(real, `${home}/aside`);
      symlinkSync('outside', real);
      const looks = looksIn(lookAround(place, names));
      unlinkSync(real);
      renameSync(`${home}/aside`, real);
      return looks;
    },
    list: () => undefined,
  };
  expect((await membersBy(deceived)(MANY)).map((look) => told(look))).toEqual(MANY.map((name) => seen(name)));
});
