// What a commit writes fits into what was made ready for it, whatever it stores.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { open } from 'lmdb';
import { applyChange } from '../../src/state/change-rows.ts';
import { lmdbState } from '../../src/state/lmdb.ts';
import { PAGE_SIZE } from '../../src/state/lmdb-file.ts';
import { tablesIn } from '../../src/state/lmdb-tables.ts';
import { Tail } from '../../src/state/lmdb-tail.ts';
import { PendingRows } from '../../src/state/pending-rows.ts';
import { addLocks, at, lockAt, NOW, property } from './state.fixtures.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dav207-tail-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Short ones are there before, on some hundreds of pages; a path can be as long as half of one. */
const key = fc.tuple(fc.nat(2_999), fc.constantFrom(1, 1, 1, 900, 3_990)).map(([name, length]) => at(`/${name}`.padEnd(length, 'x')));
const FIRST = Array.from({ length: 3_000 }, (_, name) => ({
  do: 'set' as const,
  path: at(`/${name}`),
  properties: [property('x', 'x'.repeat(300))],
}));
/** Bytes; none of them removes the row. */
const bytes = fc.oneof(fc.nat(400), fc.constantFrom(0, 0, 0, 0, 3_900, 4_100, 8_100, 300_000));
const commit = fc.oneof(
  fc.array(fc.tuple(key, bytes), { minLength: 1, maxLength: 60 }),
  // Far apart, and little of each.
  fc.array(
    fc.tuple(
      fc.nat(2_999).map((name) => at(`/${name}`)),
      fc.constantFrom(0, 1),
    ),
    { minLength: 60, maxLength: 120 },
  ),
);

test('LMDB never makes its file longer', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(commit, { minLength: 1, maxLength: 15 }), async (commits) => {
      const file = join(folder, `${run++}.mdb`);
      const environment = open({ path: file, pageSize: PAGE_SIZE, overlappingSync: false, eventTurnBatching: false, maxDbs: 4 });
      try {
        const tables = tablesIn(environment);
        const tail = new Tail(file, environment);
        const pending = new PendingRows(tables);
        await environment.batch(() => {
          for (const change of FIRST) applyChange(tables, change);
        });
        const reader = environment.useReadTransaction(); // while it reads, no page that was given up is used again
        for (const rows of commits) {
          tail.begin();
          for (const [path, length] of rows)
            pending.do(
              ({ properties }) => (length === 0 ? properties.remove(path) : properties.put(path, [property('x', 'x'.repeat(length))])),
              (weight) => tail.provide(weight, false),
            );
          const ready = statSync(file).size;
          await environment.batch(() => pending.putInto(tables));
          pending.forget();
          expect(statSync(file).size).toBe(ready);
        }
        reader.done();
      } finally {
        await environment.close();
      }
    }),
    { numRuns: 25 },
  );
});

test('a copy that came without its zeros is made whole', async () => {
  const kept = join(folder, 'kept');
  const copied = join(folder, 'copied');
  const before = await lmdbState(kept);
  await addLocks(before, lockAt('/a'));
  await before.close();
  mkdirSync(copied);
  execFileSync('cp', ['--sparse=always', join(kept, 'state.mdb'), join(copied, 'state.mdb')]);
  copyFileSync(join(kept, 'state.mdb-lock'), join(copied, 'state.mdb-lock'));
  const isBacked = () => {
    const { size, blocks } = statSync(join(copied, 'state.mdb'));
    return blocks * 512 >= size;
  };
  expect(isBacked()).toBe(false);
  const state = await lmdbState(copied);
  await addLocks(state, lockAt('/b', { token: 'urn:uuid:b' }));
  expect([isBacked(), (await state.locksBelow(at('/'), NOW)).length]).toEqual([true, 2]);
  await state.close();
});
