// Holds the laws to random hostile requests of one kind; a case that breaks one is made smaller, and its bytes are printed.
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { type Besieged, besieged } from './besieged.ts';
import { converse, exchange } from './exchange.ts';
import { bytesOf, type Hostile, readable } from './hostile.ts';
import { brokenBy, brokenByAny } from './laws.ts';
import { Sight } from './sight.ts';

const CASES = Number(process.env.DAV207_CASES ?? 250);
const SEED = process.env.DAV207_SEED;
const KEPT = 100 * 1024 * 1024; // bytes: what the cases are drawn from, and buffers that are used again

const FILE_F: Hostile = { method: 'GET', target: '/a/f', headers: [], body: undefined, chunked: false };

/** Throws an Error that shows the smallest request found that breaks a law. Gives how often each status came. */
export async function siege(requests: fc.Arbitrary<Hostile>): Promise<ReadonlyMap<number, number>> {
  const statuses = new Map<number, number>();
  await besiege(
    requests,
    async (asked, place) => {
      const heard = await exchange(place.port, bytesOf(asked, place.port));
      statuses.set(heard.status, (statuses.get(heard.status) ?? 0) + 1);
      return brokenBy(asked, heard, place);
    },
    bytesOf,
  );
  return statuses;
}

/** The same of bytes that may be one request, several or none: each of them is answered. */
export async function siegeRaw(conversations: fc.Arbitrary<Buffer>): Promise<void> {
  await besiege(
    conversations,
    async (bytes, place) => brokenByAny(await converse(place.port, [bytes]), place),
    (bytes) => bytes,
  );
}

async function besiege<Asked>(
  requests: fc.Arbitrary<Asked>,
  complaintOf: (asked: Asked, place: Besieged) => Promise<string | undefined>,
  shown: (asked: Asked, port: number) => Buffer,
): Promise<void> {
  const place = await besieged();
  const seen = new Sight();
  try {
    const holds = fc.asyncProperty(requests, async (asked) => {
      const done = seen.begin();
      try {
        const why = (await complaintOf(asked, place)) ?? (await place.damage());
        if (why !== undefined) throw new Error(why);
      } finally {
        done(() => readable(shown(asked, place.port)));
        await place.restore();
      }
    });
    const { failed, counterexample, errorInstance, seed, numRuns, numShrinks } = await fc.check(holds, {
      numRuns: CASES,
      ...(SEED !== undefined && { seed: Number(SEED) }),
    });
    if (failed) {
      const [asked] = counterexample ?? [];
      const bytes = asked === undefined ? '' : readable(shown(asked, place.port));
      const again = `(case ${numRuns}, made smaller ${numShrinks} times; npm run test:fuzz -- --cases ${numRuns} --seed=${seed})`;
      throw new Error(`${(errorInstance as Error).message}\n\n${bytes}\n\n${again}`);
    }
    // It serves on, and has kept nothing of all that.
    const alive = await exchange(place.port, bytesOf(FILE_F, place.port));
    expect([alive.status, alive.body.toString()]).toEqual([200, 'the file f']);
    expect(seen.kept()).toBeLessThan(KEPT);
    if (process.env.DAV207_CASES !== undefined) process.stderr.write(seen.report(numRuns, seed));
  } finally {
    await place.close();
  }
}

/** What is asked is worth it: some of it is done, and much is refused in several ways. */
export function requireWorth(statuses: ReadonlyMap<number, number>, done: number): void {
  const all = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  const share = [...statuses].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0) / all;
  expect(share).toBeGreaterThan(done);
  expect(statuses.size).toBeGreaterThan(5);
}
