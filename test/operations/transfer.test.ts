// What COPY and MOVE ask the store before they begin: as much as the source and the destination are, not as the names in a header.
import { expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/operations/context.ts';
import { Digests } from '../../src/operations/digests.ts';
import { Gate } from '../../src/operations/gate.ts';
import { admitTransfer } from '../../src/operations/transfer.ts';
import type { DavRequest } from '../../src/protocol/message.ts';
import { memoryState } from '../../src/state/memory.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { at, resourceAt, statusOf } from '../store/speaking.ts';

test.each([true, false])('a Destination of two thousand names that are not there is 409 after a few looks (move: %p)', async (move) => {
  const memory = memoryStore();
  await memory.makeCollection(at('/c'));
  let looks = 0;
  const store: Store = {
    ...memory,
    stat(path) {
      looks++;
      return memory.stat(path);
    },
  };
  const context = {
    ...{ store, state: memoryState(), gate: new Gate(), digests: new Digests(), options: DEFAULTS },
    now: Date.now,
    warn() {},
  };
  const request = { headers: {}, principal: '', base: '' } as unknown as DavRequest;
  const to = at('/d'.repeat(2000));
  const source = await resourceAt(memory, '/c');
  expect(await statusOf(admitTransfer(request, source, { to, overwrite: true, move }, context))).toBe(409);
  expect(looks).toBeLessThan(5);
});
