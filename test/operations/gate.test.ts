// The gate: claims that overlap run one after the other in their order, all others at once, and none waits for ever.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Gate } from '../../src/operations/gate.ts';
import { isWithin, type Path } from '../../src/protocol/path.ts';

const path = fc.constantFrom('/', '/a', '/a/b', '/a/b/c', '/ab', '/a/c', '/d', '/d/e').map((text) => text as Path);
const claims = fc.array(fc.array(path, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 12 });

function overlap(left: readonly Path[], right: readonly Path[]): boolean {
  return left.some((a) => right.some((b) => isWithin(a, b) || isWithin(b, a)));
}

/** Every promise that can go on now has gone on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the gate', () => {
  test('runs exactly the claims that no earlier one overlaps, whatever the order in which they end and fail', async () => {
    await fc.assert(
      fc.asyncProperty(claims, fc.infiniteStream(fc.nat()), async (wanted, choices) => {
        const gate = new Gate();
        const running = new Map<number, { end: () => void; fail: () => void }>();
        const over = new Set<number>();
        const results = wanted.map((paths, index) =>
          gate
            .hold(paths, () => new Promise<number>((resolve, reject) => running.set(index, { end: () => resolve(index), fail: reject })))
            .catch(() => -1)
            .finally(() => over.add(index)),
        );
        while (over.size < wanted.length) {
          await settled();
          const mayRun = wanted.flatMap((paths, index) =>
            !over.has(index) && wanted.slice(0, index).every((earlier, at) => over.has(at) || !overlap(earlier, paths)) ? [index] : [],
          );
          expect([...running.keys()].sort((a, b) => a - b)).toEqual(mayRun);
          const [choice, how] = [choices.next().value ?? 0, choices.next().value ?? 0];
          const ended = mayRun[choice % mayRun.length] ?? -1;
          const work = running.get(ended);
          running.delete(ended);
          if (how % 4 === 0) work?.fail();
          else work?.end();
          await settled();
        }
        expect((await Promise.all(results)).every((result, index) => result === index || result === -1)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('thousands may wait for one path, with one that overlaps all between them, and look at few of the others', async () => {
    const gate = new Gate();
    const done: number[] = [];
    let looks = 0;
    const looked = (paths: Path[]) =>
      Object.assign(paths, { some: (is: (path: Path) => boolean) => ++looks > 0 && Array.prototype.some.call(paths, is) });
    const path = (index: number) => (index % 10 === 0 ? '/a' : index % 2 === 0 ? `/a/${index}` : '/a/b') as Path;
    const wait = (index: number) => gate.hold(looked([path(index)]), async () => void done.push(index));
    await Promise.all(Array.from({ length: 2_000 }, (_, index) => wait(index)));
    const rounds = done.map((index) => Math.floor(index / 10));
    expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
    expect([done.length, looks < 40_000]).toEqual([2_000, true]);
  });

  test('passes on what the work gives and what it throws', async () => {
    const gate = new Gate();
    await expect(gate.hold(['/a' as Path], async () => 7)).resolves.toBe(7);
    await expect(gate.hold(['/a' as Path], () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.hold(['/' as Path, '/a' as Path], async () => 8)).resolves.toBe(8);
  });
});
