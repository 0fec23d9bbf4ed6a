// Crashes at every single write of a request: after the replay the tree is the old or the new one, and no byte is lost.
import { describe, expect, test } from '@jest/globals';
import { replay } from '../../src/operations/replay.ts';
import { DavError } from '../../src/protocol/error.ts';
import type { Path } from '../../src/protocol/path.ts';
import { asCrossing } from '../../src/store/other-device.ts';
import type { Store } from '../../src/store/store.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { makeWorld } from '../scenarios/world.ts';
import { pairs } from './pairs.ts';

const warn = () => {};

const TREE = [
  '/s/ {s}',
  '  a (new a) {a} [L1]',
  '  b (new b)',
  '/f (new f) {f}',
  '/d/ {d} [L2 depth 0]',
  '  old (old) {o} [L3]',
  '/g (old g) {g} [L4]',
];

const STORE_WRITES = ['rename', 'remove', 'makeCollection', 'copyFile', 'copyPatched', 'write'] as const;
const STATE_WRITES = ['begin', 'commit', 'settle', 'addLock'] as const;

describe.each(Object.entries(pairs))('over %s, crashed at any write and started again', (_name, open) => {
  test.each([
    ['MOVE', '/s/', '/new/'],
    ['MOVE', '/s/', '/d/'],
    ['MOVE', '/s/', '/g'],
    ['MOVE', '/f', '/d/'],
    ['MOVE', '/f', '/g'],
    ['COPY', '/f', '/d/'],
    ['COPY', '/s/', '/g'],
    ['COPY', '/s/', '/new/'],
    ['COPY', '/f', '/new'],
    ['COPY', '/f', '/g'],
    ['PUT', '/g', ''],
    ['PATCH', '/g', ''],
    ['LOCK', '/locked', ''],
    ['MKCOL', '/made/', ''],
  ])('%s %s to %s is undone or done', async (method, from, destination) => {
    const ends = new Map<string, number>();
    const last = { tree: '' };
    for (let allowed = 0; ; allowed++) {
      const { store, state, close } = await open();
      try {
        const quiet = makeWorld({ store, state });
        await quiet.make(readTree(TREE));
        const budget = { left: allowed };
        const broken = makeWorld({ store: crashing(store, STORE_WRITES, budget), state: crashing(state, STATE_WRITES, budget) });
        const submitted = [...quiet.tokens.values()].map((token) => `<${token}>`).join(' ');
        const headers = { destination, if: `(Not <DAV:no-lock>) (${submitted})`, ...(method === 'PATCH' && APPEND) };
        const body = BODIES[method];
        await broken.ask(method, from, { headers, ...(body !== undefined && { body }) }).catch(() => {});
        await replay({ store, state, warn });
        last.tree = flatten(await quiet.draw(), { contents: true }).join('\n');
        ends.set(last.tree, (ends.get(last.tree) ?? 0) + 1);
        expect(await state.unfinished()).toEqual([]);
        if (budget.left > 0) break;
      } finally {
        await close();
      }
    }
    const old = flatten(readTree(TREE), { contents: true }).join('\n');
    expect([...ends.keys()]).toEqual([old, last.tree]);
  });
});

describe.each(Object.entries(pairs))('over %s, crashed at any write of a MOVE to another device', (_name, open) => {
  test.each(['lenient', 'strict'])(
    '%s: all of the old or all of the new is at the destination, and nothing is left aside',
    async (handling) => {
      const given = new Set<string>();
      for (let allowed = 0; ; allowed++) {
        const { store, state, close } = await open();
        try {
          const quiet = makeWorld({ store, state });
          await quiet.make(readTree(TREE));
          const budget = { left: allowed };
          const broken = makeWorld({
            store: crashing(crossing(store), STORE_WRITES, budget),
            state: crashing(state, STATE_WRITES, budget),
          });
          const submitted = [...quiet.tokens.values()].map((token) => `<${token}>`).join(' ');
          const headers = { destination: '/d/', if: `(Not <DAV:no-lock>) (${submitted})`, prefer: `handling=${handling}` };
          await broken.ask('MOVE', '/s/', { headers }).catch(() => {});
          const warned: unknown[] = [];
          await replay({ store, state, warn: (...words) => warned.push(words) });
          expect([warned, await state.unfinished()]).toEqual([[], []]);
          given.add(
            flatten(await quiet.draw(), { contents: true })
              .filter((line) => line.startsWith('/d'))
              .join('\n'),
          );
          if (budget.left > 0) break;
        } finally {
          await close();
        }
      }
      expect([...given]).toEqual(['/d/ {d} [L2]\n/d/old (old) {o} [L3]', '/d/ {s} [L2]\n/d/a (new a) {a}\n/d/b (new b)']);
    },
  );
});

/** As if `/d/` were on another device than `/s/`. */
function crossing(store: Store): Store {
  const rename = async (from: Path, to: Path) => {
    if (from === '/s' && to === '/d') throw asCrossing(new DavError(403, 'They are on different devices.'));
    return store.rename(from, to);
  };
  return { ...store, rename };
}

const APPEND = { 'content-type': 'application/x-sabredav-partialupdate', 'x-update-range': 'append' };

const BODIES: Readonly<Record<string, string>> = {
  PUT: 'new g',
  PATCH: 'new g',
  MKCOL: '<mkcol xmlns="DAV:"><set><prop><displayname>made</displayname></prop></set></mkcol>',
  LOCK: '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>',
};

/** The same verbs, until the budget is used up; then nothing that writes works any more. */
function crashing<T extends object>(real: T, writes: readonly (keyof T)[], budget: { left: number }): T {
  const wrapped = { ...real, ...('bulk' in real && { bulk: undefined }) }; // each write by itself
  for (const verb of writes) {
    const work = real[verb] as (...given: unknown[]) => Promise<unknown>;
    Object.assign(wrapped, {
      [verb]: async (...given: unknown[]) => {
        if (budget.left-- <= 0) throw new Error('crashed');
        return work(...given);
      },
    });
  }
  return wrapped;
}
