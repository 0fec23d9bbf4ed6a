// The real path of a directory is used for its members only while nothing on the way to it has changed.
import { linkSync, lstatSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import * as pool from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lookOf } from '../../src/store/filesystem-look.ts';
import { makeMembers } from '../../src/store/filesystem-members.ts';
import type { Pace } from '../../src/store/filesystem-pace.ts';
import { waysBy, wayTo } from '../../src/store/filesystem-way.ts';
import { type HeldDirectory, holdDirectory, later } from './held-directory.ts';

const NAMES = Array.from({ length: 200 }, (_, index) => `f${index}`);

let home: string;
let real: string;
let held: HeldDirectory;

beforeEach(async () => {
  held = await holdDirectory('served/a/b', 'outside/b', NAMES);
  ({ home, real } = held);
});

afterEach(() => held.end());

test('is its real path, and stays so whatever is done in the directory', () => {
  const seen = new Map<unknown, unknown>();
  /** Other tests make folders beside this one meanwhile. */
  const without = ((place: string, options: object) => {
    if (place.startsWith(home)) return lstatSync(place, options);
    if (!seen.has(place)) seen.set(place, lstatSync(place, options));
    return seen.get(place);
  }) as typeof lstatSync;
  const way = waysBy({ lstatSync: without, readlinkSync })(held.place, real, later);
  expect(way.place()).toBe(real);
  rmSync(`${real}/f0`);
  linkSync(`${real}/f1`, `${real}/f0`);
  expect(way.stayed(real)).toBe(true);
  expect(way.place()).toBe(real);
});

const CHANGES: readonly [string, () => void][] = [
  ['the directory', () => swapAndBack(real, `${home}/outside/b`)],
  ['the one above it', () => swapAndBack(`${home}/served/a`, `${home}/outside`)],
  ['the one above that', () => swapAndBack(`${home}/served`, `${home}/outside`)],
];

/** Another program's work: a link stands there for a moment. */
function swapAndBack(place: string, target: string): void {
  renameSync(place, `${home}/aside`);
  symlinkSync(target, place);
  unlinkSync(place);
  renameSync(`${home}/aside`, place);
}

test.each(CHANGES)('is no longer sure once a link has stood for %s, though all is as before', (_what, change) => {
  const way = wayTo(held.place, real, later);
  const given = way.place();
  change();
  expect(way.stayed(given)).toBe(false);
  expect(way.place()).toBe(held.place);
  expect(way.stayed(held.place)).toBe(true);
  // Nor for who was given it before.
  expect(way.stayed(given)).toBe(false);
});

test('is not sure where something on the way has changed just now, or leads elsewhere already', () => {
  expect(wayTo(held.place, real).place()).toBe(held.place);
  renameSync(real, `${home}/aside`);
  symlinkSync(`${home}/outside/b`, real);
  expect(wayTo(held.place, real, later).place()).toBe(held.place);
});

test('members are those of the directory that is held, though a link comes in its place between two slices', async () => {
  const own = NAMES.map((name) => lookOf(lstatSync(`${real}/${name}`, { bigint: true })).identity);
  let slices = 0;
  const swapping: Pace = async (now) => {
    if (++slices === 2) {
      renameSync(real, `${home}/aside`);
      symlinkSync(`${home}/outside/b`, real);
    }
    return now();
  };
  const lookAt = makeMembers(swapping, (place) => pool.lstat(place, { bigint: true }), later)(held.place, real);
  expect((await lookAt(NAMES)).map((look) => look?.identity)).toEqual(own);
  expect(slices).toBeGreaterThan(2);
  expect(readdirSync(real)).toHaveLength(NAMES.length);
});
