// A small collection is listed by the thread as it would be by the event loop, by nothing else than itself.
import fs, { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SMALL_DIRECTORY } from '../../src/store/filesystem-entries.ts';
import { type LookThread, makeLookThread } from '../../src/store/filesystem-look-thread.ts';
import { lookingAt, looksIn } from '../../src/store/filesystem-looks.ts';
import { textOf } from '../../src/store/filesystem-names.ts';
import { smallCollections } from '../../src/store/filesystem-small-collection.ts';
import { waysBy } from '../../src/store/filesystem-way.ts';
import { type HeldDirectory, holdDirectory, later } from './held-directory.ts';

const NAMES = Array.from({ length: 40 }, (_, index) => `f${index}`);
const looksAt = lookingAt(fs.lstatSync);
const waysLater: ReturnType<typeof waysBy> = (held, real) => waysBy(fs)(held, real, later);

let held: HeldDirectory;
let real: string;

beforeEach(async () => {
  held = await holdDirectory('served/c', 'outside', NAMES);
  ({ real } = held);
});

afterEach(() => held.end());

const identities = (names: readonly string[]) =>
  names.map((name) => {
    const { dev, ino } = fs.lstatSync(`${real}/${name}`, { bigint: true });
    return `${dev}:${ino}`;
  });

/** A thread that has begun. */
async function begun(): Promise<LookThread> {
  const thread = makeLookThread(2, Number.POSITIVE_INFINITY);
  let first = thread.list(real);
  for (; !first; first = thread.list(real)) await new Promise((resolve) => setImmediate(resolve));
  await first;
  return thread;
}

test('its names are told, in whatever script, with what bears each', async () => {
  for (const name of ['Ünter', 'a\nfile', ' ']) writeFileSync(`${real}/${name}`, '');
  writeFileSync(Buffer.concat([Buffer.from(`${real}/`), Buffer.from([0xff])]), '');
  const listed = await (await begun()).list(real);
  expect(listed?.names.toSorted()).toEqual([...NAMES, 'Ünter', 'a\nfile', ' '].sort());
  expect(listed?.looks.map((look) => look?.identity)).toEqual(identities(listed?.names ?? []));
  expect(listed?.unnamed).toBe(1);
});

test('an empty one has no names', async () => {
  mkdirSync(`${real}/empty`);
  expect(await (await begun()).list(`${real}/empty`)).toEqual({ names: [], looks: [], unnamed: 0 });
});

test('what is large, a file, not there or behind a link is not listed', async () => {
  const thread = await begun();
  symlinkSync('c', `${held.home}/served/link`);
  symlinkSync('served', `${held.home}/above`);
  for (const place of [`${real}/f0`, `${real}/none`, `${held.home}/served/link`, `${held.home}/above/c`])
    expect(await thread.list(place)).toBeUndefined();
  for (let index = 0; index <= 512; index++) linkSync(`${real}/f0`, `${real}/more${index}`);
  expect(await thread.list(real)).toBeUndefined();
});

/** Whoever puts a link in its place while it is looked at, for a moment or for good. */
test.each([true, false])('what a link leads to that comes in its place is not told; the link goes again: %s', (goes) => {
  const own = identities(NAMES);
  let places: string[] = [];
  const deceived: typeof looksAt = (place, names) => {
    places = [...places, place];
    if (places.length > 1) return looksAt(place, names);
    renameSync(real, `${held.home}/aside`);
    symlinkSync('../outside', real);
    const looks = looksAt(place, names);
    if (!goes) return looks;
    unlinkSync(real);
    renameSync(`${held.home}/aside`, real);
    return looks;
  };
  const told = smallCollections(fs, deceived, waysLater, textOf, '/proc/self/fd', SMALL_DIRECTORY)(real);
  expect(told && looksIn(told).map((look) => look?.identity)).toEqual(told?.names.split('/').map((name) => own[NAMES.indexOf(name)]));
  expect(places[0]).toBe(real);
  expect(places).toHaveLength(2);
  if (!goes) rmSync(real);
});

test('nothing is held once it is told', () => {
  const before = fs.readdirSync('/proc/self/fd').length;
  const list = smallCollections(fs, looksAt, waysBy(fs), textOf, '/proc/self/fd', SMALL_DIRECTORY);
  for (const place of [real, `${real}/f0`, `${held.home}/none`]) list(place);
  expect(fs.readdirSync('/proc/self/fd')).toHaveLength(before);
});
