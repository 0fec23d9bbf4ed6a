// The number of live locks that each principal holds is what a count of them says, whenever they end.
import { expect, test } from '@jest/globals';
import { HeldLocks } from '../../src/locks/held-locks.ts';

test('of a thousand locks that are refreshed to end sooner or later, and some released', () => {
  const held = new HeldLocks();
  const live = new Map<number, number>();
  for (let round = 0; round < 5; round++)
    for (let lock = 0; lock < 1_000; lock++) {
      const expires = ((lock + round) * 7_919) % 1_009;
      held.set({ token: `urn:x:${lock}`, principal: lock % 2 === 0 ? 'ann' : 'bob', expires });
      live.set(lock, expires);
    }
  for (let lock = 0; lock < 1_000; lock += 7) {
    held.remove(`urn:x:${lock}`);
    live.delete(lock);
  }
  for (let now = 0; now < 1_010; now++) {
    const left = [...live].filter(([, expires]) => expires > now);
    const ofAnn = left.filter(([lock]) => lock % 2 === 0).length;
    expect([now, held.numberOf('ann', now), held.numberOf('bob', now)]).toEqual([now, ofAnn, left.length - ofAnn]);
  }
});
