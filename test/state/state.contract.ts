// The contract of State: what every implementation answers, whatever it is made of.
import { afterEach, beforeEach, describe } from '@jest/globals';
import type { State } from '../../src/state/state.ts';
import { changeContract } from './change.contract.ts';
import { lockContract } from './lock.contract.ts';
import { pathContract } from './path.contract.ts';
import { treeContract } from './tree.contract.ts';

/** `open` gives a fresh, empty state each time. */
export function contractOf(name: string, open: () => Promise<State>): void {
  describe(`state contract: ${name}`, () => {
    let state: State | undefined;
    function opened(): State {
      if (state === undefined) throw new Error('a state is open only while a test runs');
      return state;
    }

    beforeEach(async () => {
      state = await open();
    });
    afterEach(() => state?.close());

    lockContract(opened);
    changeContract(opened);
    treeContract(opened);
    pathContract(opened);
  });
}
