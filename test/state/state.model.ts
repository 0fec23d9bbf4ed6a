// A model of State in the most naive way there is, and a run of random verbs that holds an implementation to it.
import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Path } from '../../src/protocol/path.ts';
import type { Change, DeadProperty, Lock, State } from '../../src/state/state.ts';

interface Marked {
  readonly path: Path;
  readonly property: DeadProperty;
}

function inTree(path: string, root: string): boolean {
  return path === root || path.startsWith(root === '/' ? '/' : `${root}/`);
}

function inAny(path: string, roots: readonly string[] = []): boolean {
  return roots.some((root) => inTree(path, root));
}

function moved(path: string, from: string, to: string): Path {
  const rest = path.slice(from === '/' ? 0 : from.length);
  return ((to === '/' ? '' : to) + (rest === '/' ? '' : rest) || '/') as Path;
}

/** Nothing is ever removed because it has expired: it is only left out of answers. */
class Model {
  locks: Lock[] = [];
  properties: Marked[] = [];

  applying(path: Path, now: number): Lock[] {
    return this.live(now).filter((lock) => lock.root === path || (lock.depth === 'infinity' && inTree(path, lock.root)));
  }

  below(path: Path, now: number): Lock[] {
    return this.live(now).filter((lock) => lock.root !== path && inTree(lock.root, path));
  }

  live(now: number): Lock[] {
    return this.locks.filter((lock) => lock.expires > now);
  }

  apply(change: Change): void {
    const { locks, properties } = this;
    switch (change.do) {
      case 'set':
        for (const property of change.properties) {
          const same = properties.findIndex((each) => each.path === change.path && each.property.name === property.name);
          if (same >= 0) properties[same] = { path: change.path, property };
          else properties.push({ path: change.path, property });
        }
        break;
      case 'unset':
        this.properties = properties.filter(
          ({ path, property }) => path !== change.path || !change.names.some((each) => each.name === property.name),
        );
        break;
      case 'drop': {
        const gone = (path: Path) => inTree(path, change.path) && !inAny(path, change.except);
        this.properties = properties.filter(({ path }) => !gone(path));
        this.locks = locks.filter(({ root }) => !gone(root) || (change.keepRootLocks && root === change.path));
        break;
      }
      case 'move': {
        const { from, to, except = [] } = change;
        if (inAny(from, except)) break;
        const goes = (path: Path) => inTree(path, from) && !inAny(path, except);
        const counterparts = except.filter((each) => inTree(each, from)).map((each) => moved(each, from, to));
        const stays = (path: Path) => inAny(path, except) || inAny(path, counterparts);
        this.properties = [
          ...properties.filter(({ path }) => !goes(path) && (!inTree(path, to) || stays(path))),
          ...properties
            .filter(({ path }) => goes(path))
            .map(({ path, property }) => ({ path: moved(path, from, to), property }))
            .filter(({ path }) => !stays(path)),
        ];
        this.locks = locks.filter(({ root }) => !goes(root) || (inTree(to, from) && inTree(root, to)));
        break;
      }
      case 'copy': {
        const { from, to, except } = change;
        const covers = (path: Path, root: Path) => (change.below ? inTree(path, root) : path === root);
        this.properties = [
          ...properties.filter(({ path }) => !covers(path, to) || inAny(path, except)),
          ...properties
            .filter(({ path }) => covers(path, from))
            .map(({ path, property }) => ({ path: moved(path, from, to), property }))
            .filter(({ path }) => !inAny(path, except)),
        ];
      }
    }
  }
}

const NAMES = ['a', 'a-', 'a0', 'é'];
const UNIVERSE: Path[] = ['/' as Path];
for (let start = 0, depth = 0; depth < 3; depth++) {
  const end = UNIVERSE.length;
  for (; start < end; start++) for (const name of NAMES) UNIVERSE.push(moved(`/${name}`, '/', UNIVERSE[start] ?? '/'));
}

const path = fc.constantFrom(...UNIVERSE.slice(0, 30), ...UNIVERSE.slice(0, 6), ...UNIVERSE.slice(0, 6));
const except = fc.array(path, { maxLength: 2 });
const names = fc.subarray(['p', 'q', 'r'], { minLength: 1 });
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ path, names, value: fc.nat(99) }).map(
      (given): Change => ({
        do: 'set',
        path: given.path,
        properties: given.names.map((name) => ({ namespace: 'urn:n', name, xml: `${given.value}` })),
      }),
    ),
  },
  fc
    .record({ path, names })
    .map((given): Change => ({ do: 'unset', path: given.path, names: given.names.map((name) => ({ namespace: 'urn:n', name })) })),
  fc.record({ do: fc.constant('drop' as const), path, except, keepRootLocks: fc.boolean() }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), from: path, to: path, except }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('copy' as const), from: path, to: path, below: fc.boolean(), except }) },
);
const verb = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      verb: fc.constant('lock' as const),
      root: path,
      depth: fc.constantFrom<Lock['depth']>(0, 'infinity'),
      scope: fc.constantFrom<Lock['scope']>('shared', 'exclusive'),
      lives: fc.integer({ min: 1, max: 30 }),
    }),
  },
  fc.record({ verb: fc.constant('refresh' as const), which: fc.nat(9), lives: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ verb: fc.constant('unlock' as const), which: fc.nat(9) }),
  { weight: 6, arbitrary: fc.record({ verb: fc.constant('commit' as const), changes: fc.array(change, { minLength: 1, maxLength: 3 }) }) },
);

const byToken = (locks: readonly Lock[]) => [...locks].sort((a, b) => (a.token < b.token ? -1 : 1));
const byName = (properties: readonly DeadProperty[]) => [...properties].sort((a, b) => (a.name < b.name ? -1 : 1));

/** Hold `path` and its members, all verbs that read, against the model: in one comparison, as each takes longer than the verbs. */
async function agree(state: State, model: Model, where: Path, now: number): Promise<void> {
  const applying = await state.locksOn(where, now);
  const known = [...model.properties.map((each) => each.path), ...model.live(now).map((lock) => lock.root)];
  const recorded = new Set(await state.recorded(where)); // may name roots of expired locks as well
  const membership = await state.membership(where, now);
  const isMember = (each: Path) => inTree(each, where) && !each.slice(where === '/' ? 1 : where.length + 1).includes('/');
  const members = model.properties.filter((each) => isMember(each.path));
  const of = (path: Path, properties: readonly Marked[]) =>
    byName(properties.filter((each) => each.path === path).map((each) => each.property));
  expect({
    applying: byToken(applying),
    shared: applying.length < 2 || applying.every((lock) => lock.scope === 'shared'), // RFC 4918 §6.1 point 4
    below: byToken(await state.locksBelow(where, now)),
    own: byName(await state.properties(where)),
    unrecorded: known.filter((each) => inTree(each, where) && !recorded.has(each)),
    memberLocks: byToken([...membership.locks.values()].flat()),
    memberProperties: new Map([...membership.properties].map(([path, properties]) => [path, byName(properties)])),
  }).toEqual({
    applying: byToken(model.applying(where, now)),
    shared: true,
    below: byToken(model.below(where, now)),
    own: of(where, model.properties),
    unrecorded: [],
    memberLocks: byToken(model.live(now).filter((lock) => isMember(lock.root))),
    memberProperties: new Map(members.map(({ path }) => [path, of(path, members)])),
  });
}

/** Random verbs on a fresh state, `runs` times; after each the touched places, and at the end everything, equal the model. */
export async function checkAgainstModel(open: () => Promise<State>, runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(verb, fc.nat(4), path), { maxLength: 25 }), async (steps) => {
      const state = await open();
      try {
        const model = new Model();
        let now = 0;
        for (const [index, [step, tick, where]] of steps.entries()) {
          now += tick;
          await take(step, `urn:uuid:${index}`);
          await agree(state, model, where, now);
          await agree(state, model, '/' as Path, now);
        }
        for (const each of UNIVERSE) await agree(state, model, each, now);
        for (const lock of model.locks) {
          expect(await state.lockByToken(lock.token, now)).toEqual(model.live(now).find((each) => each.token === lock.token));
        }

        async function take(step: (typeof steps)[number][0], token: string): Promise<void> {
          if (step.verb === 'commit') {
            await state.commit(step.changes);
            for (const each of step.changes) model.apply(each);
          } else if (step.verb === 'lock') {
            const { root, depth, scope } = step;
            const lock: Lock = { token, root, collection: true, depth, scope, owner: undefined, principal: '', expires: now + step.lives };
            const conflicts = (existing: Lock) => existing.scope === 'exclusive' || scope === 'exclusive';
            const met = [...model.applying(root, now), ...(depth === 'infinity' ? model.below(root, now) : [])].filter(conflicts);
            expect(byToken(await state.addLock(lock, conflicts, now))).toEqual(byToken(met));
            if (met.length === 0) model.locks.push(lock);
          } else {
            const known = model.locks[step.which % (model.locks.length || 1)];
            const live = known !== undefined && known.expires > now;
            if (step.verb === 'unlock') {
              const was = await state.removeLock(known?.token ?? 'urn:uuid:none');
              if (live || !known) expect(was).toBe(live); // whether an expired one is still there is nobody's business
              model.locks = model.locks.filter((lock) => lock !== known);
            } else {
              const refreshed = live ? { ...known, expires: now + step.lives } : undefined;
              expect(await state.refreshLock(known?.token ?? 'urn:uuid:none', now + step.lives, now)).toEqual(refreshed);
              if (refreshed) model.locks = model.locks.map((lock) => (lock === known ? refreshed : lock));
            }
          }
        }
      } finally {
        await state.close();
      }
    }),
    { numRuns: runs },
  );
}
