// Holds the laws to random hostile requests of one kind; a case that breaks one is made smaller, and its bytes are printed.
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { type Besieged, besieged } from './besieged.ts';
import { exchange } from './exchange.ts';
import { bytesOf, type Hostile, readable } from './hostile.ts';
import { brokenBy } from './laws.ts';

const CASES = Number(process.env.DAV207_CASES ?? 250);
const SEED = process.env.DAV207_SEED;

const FILE_F: Hostile = { method: 'GET', target: '/a/f', headers: [], body: undefined, chunked: false };

/** Throws an Error that shows the smallest request found that breaks a law. Gives how often each status came. */
export async function siege(requests: fc.Arbitrary<Hostile>): Promise<ReadonlyMap<number, number>> {
  const place = await besieged();
  try {
    const statuses = new Map<number, number>();
    const holds = fc.asyncProperty(requests, async (asked) => {
      const why = await complaint(asked, place, statuses);
      if (why !== undefined) throw new Error(why);
    });
    const { failed, counterexample, errorInstance, seed, numRuns, numShrinks } = await fc.check(holds, {
      numRuns: CASES,
      ...(SEED !== undefined && { seed: Number(SEED) }),
    });
    if (failed) {
      const [asked] = counterexample ?? [];
      const bytes = asked ? readable(bytesOf(asked, place.port)) : '';
      const again = `(case ${numRuns}, made smaller ${numShrinks} times; npm run test:fuzz -- --cases ${numRuns} --seed=${seed})`;
      throw new Error(`${(errorInstance as Error).message}\n\n${bytes}\n\n${again}`);
    }
    // It serves on.
    const alive = await exchange(place.port, bytesOf(FILE_F, place.port));
    expect([alive.status, alive.body.toString()]).toEqual([200, 'the file f']);
    return statuses;
  } finally {
    await place.close();
  }
}

async function complaint(asked: Hostile, place: Besieged, statuses: Map<number, number>): Promise<string | undefined> {
  try {
    const heard = await exchange(place.port, bytesOf(asked, place.port));
    statuses.set(heard.status, (statuses.get(heard.status) ?? 0) + 1);
    return brokenBy(asked, heard, place) ?? (await place.damage());
  } catch (error) {
    return `It is not answered: ${(error as Error).message}`;
  } finally {
    await place.restore();
  }
}

/** What is asked is worth it: some of it is done, and much is refused in several ways. */
export function requireWorth(statuses: ReadonlyMap<number, number>, done: number): void {
  const all = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  const share = [...statuses].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0) / all;
  expect(share).toBeGreaterThan(done);
  expect(statuses.size).toBeGreaterThan(5);
}
