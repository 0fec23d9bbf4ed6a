// Random histories of writes: one client hears what a slow model says, two at once what it says for one of their serial orders.
// DAV207_CASES asks for another number of histories.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { alone, type History, together } from './history.ts';
import { play } from './model.ts';
import { asAtFirst, drawn, type Tree, treeOf } from './model-tree.ts';
import { type Asked, METHODS } from './request.ts';
import { isSerial } from './serial.ts';
import { type Served, serve } from './served.ts';

const CASES = Number(process.env.DAV207_CASES ?? 2000);

/** The tree that the setup leaves in the model; what it answers on the way has to be what the server did. */
function settled({ made, setup }: History, served: Served): Tree {
  let tree = treeOf(made);
  for (const [index, asked] of setup.entries()) {
    const played = play(tree, asked, 'Ann');
    requireSame(asked, served.setup[index], played.answer);
    tree = played.tree;
  }
  return asAtFirst(tree);
}

function requireSame({ name }: Asked, heard: string | undefined, said: string): void {
  if (heard !== said) throw new Error(`${name} is answered ${heard}, and the model says ${said}`);
}

/** How often each method did something, and how often it did not: if one of them were rare, the comparison would mean little. */
class Seen {
  readonly #counts = new Map<string, number>(
    METHODS.flatMap((method) => [[`${method} done`, 0] as const, [`${method} refused`, 0] as const]),
  );

  add(method: string, answer: string): void {
    const kind = `${method} ${Number(answer.slice(0, 3)) < 300 ? 'done' : 'refused'}`;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  requireMoreThan(least: number): void {
    expect([...this.#counts].filter(([, count]) => count <= least)).toEqual([]);
  }
}

test('one client is answered, and leaves, what the model says', async () => {
  const seen = new Seen();
  await fc.assert(
    fc.asyncProperty(alone, async (history) => {
      const served = await serve(history);
      let tree = settled(history, served);
      for (const { asked, principal, answer } of served.clients[0] ?? []) {
        const played = play(tree, asked, principal);
        requireSame(asked, answer, played.answer);
        seen.add(asked.method, answer);
        tree = played.tree;
      }
      expect(served.tree).toEqual(drawn(tree));
    }),
    { numRuns: CASES / 4 },
  );
  seen.requireMoreThan(CASES / 200);
});

test('two clients at once are answered, and leave, what one serial order would', async () => {
  const seen = new Seen();
  await fc.assert(
    fc.asyncProperty(together, async (history) => {
      const served = await serve(history);
      for (const { asked, answer } of served.clients.flat()) seen.add(asked.method, answer);
      if (isSerial(settled(history, served), served)) return;
      const heard = served.clients.flat().map(({ asked, answer, began, ended }) => `${asked.name} -> ${answer} (${began} to ${ended})`);
      throw new Error(`No serial order gives\n${[...heard, ...served.tree].join('\n')}`);
    }),
    { numRuns: CASES },
  );
  seen.requireMoreThan(CASES / 40);
});
