// Twenty clients at once in one small tree: afterwards the disk, the listings, the locks and the properties agree, and nothing is half done.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ROOT } from '../../src/protocol/path.ts';
import { openService } from '../../src/server/service.ts';
import { type Crowd, FORERUNNER, play, removal, steps } from './crowd.ts';
import { type Locking, startLocking } from './locking.ts';
import { rowsOf } from './multistatus-reader.ts';

const CLIENTS = 20;
const EACH = 60;
const SEED = Number(process.env.DAV207_SEED ?? Date.now() % 2 ** 31);

test(`D-05.1-a, D-06.1-b, D-06.1-f: twenty clients with sixty requests each (seed ${SEED})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dav207-crowd-'));
  try {
    const world = await startLocking(['a/f', 'a/b/f', 'c/d/f'], folder);
    const crowd: Crowd = { contents: new Set(['', 'a/f', 'a/b/f', 'c/d/f']), granted: new Map(), certain: new Map(), statuses: new Map() };
    try {
      const wanted = fc.sample(fc.array(steps, { minLength: EACH - 1, maxLength: EACH - 1 }), { seed: SEED, numRuns: CLIENTS });
      await play('forerunner', 'Ann', FORERUNNER, world, crowd);
      requireEach(crowd);
      await Promise.all(
        wanted.map((each, index) => play(`client${index}`, index % 2 === 0 ? 'Ann' : 'Bob', [...each, removal(index)], world, crowd)),
      );
      requireWhole(world, crowd);
      expect(await listed(world, '/')).toEqual(world.tree().map((line) => line.split(' ')[0]));
      expect(readdirSync(join(folder, '.dav207/tmp'))).toEqual([]);
    } finally {
      await world.close();
    }
    await requireState(folder, crowd);
    requireBusy(crowd);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** No file holds anything but the whole of what some client sent. */
function requireWhole(world: Locking, { contents }: Crowd): void {
  const files = world
    .tree()
    .flatMap((line) => line.split(' ')[0] ?? [])
    .filter((path) => !path.endsWith('/'));
  expect(files.filter((path) => !contents.has(readFileSync(join(world.served.folder, path), 'utf8')))).toEqual([]);
}

/** Every href below the collection, as listings of one level each tell it. */
async function listed(world: Locking, collection: string): Promise<string[]> {
  const rows = rowsOf(await world.ask('Ann', 'PROPFIND', collection, { headers: { Depth: '1' } }));
  const hrefs = rows
    .map(({ href }) => href)
    .filter((href) => href !== collection)
    .sort();
  const found: string[] = [];
  for (const href of hrefs) found.push(href, ...(href.endsWith('/') ? await listed(world, href) : []));
  return found;
}

/** What is there when the folder is opened anew: every lock and property with its resource, and every lock that nobody gave up. */
async function requireState(folder: string, { granted, certain }: Crowd): Promise<void> {
  const { context, close } = await openService({ folder });
  try {
    const { state, store, now } = context;
    expect(await state.unfinished()).toEqual([]);
    const orphans: string[] = [];
    for (const path of await state.recorded(ROOT)) if (!(await store.stat(path))) orphans.push(path);
    expect(orphans).toEqual([]);
    const held = new Map((await state.locksBelow(ROOT, now())).map(({ token, root }) => [token, root as string]));
    expect([...held].filter(([token, root]) => granted.get(token) !== root)).toEqual([]);
    expect([...certain].filter(([token, root]) => held.get(token) !== root)).toEqual([]);
  } finally {
    await close();
  }
}

const done = ([kind]: [string, number]) => Number(kind.slice(-3)) < 300;

/** In the crowd, chance and who comes first decide what is let in. */
function requireEach({ statuses }: Crowd): void {
  expect([...statuses].filter(done).map(([kind]) => kind.slice(0, -4))).toEqual(FORERUNNER.map(({ method }) => method));
}

/** If hardly anything was done, all this says little. */
function requireBusy({ statuses }: Crowd): void {
  expect([...statuses].filter(done).reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan((CLIENTS * EACH) / 20);
}
