// A state whose verbs can be told to fail: the real one underneath, refusals on top.
import { DavError } from '../../src/protocol/error.ts';
import type { State } from '../../src/state/state.ts';
import type { Fault } from './scenario.ts';

/** `fault removeLock * 500`: whatever it is asked of. */
export function faultyState(state: State, faults: readonly Fault[]): State {
  const refuse = (verb: string) => {
    const fault = faults.find((each) => each.verb === verb && each.at === '*');
    if (fault) throw new DavError(fault.status, 'The state refuses.');
  };
  return {
    ...state,
    removeLock: async (token) => {
      refuse('removeLock');
      return state.removeLock(token);
    },
    begin: async (record) => {
      refuse('begin');
      return state.begin(record);
    },
    commit: async (changes, finishes) => {
      refuse('commit');
      return state.commit(changes, finishes);
    },
    settle: async (changes, finishes) => {
      // What undoes a write only forgets its record.
      if (changes.length > 0) refuse('commit');
      return state.settle(changes, finishes);
    },
  };
}
