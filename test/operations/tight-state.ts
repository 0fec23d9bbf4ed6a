// A state in memory that takes only so many transactions more.
import { DavError } from '../../src/protocol/error.ts';
import { stateOver } from '../../src/state/engine.ts';
import { memoryTables } from '../../src/state/memory-table.ts';
import type { State } from '../../src/state/state.ts';

/** `room.left`: how many it still takes; any number until it is set. */
export function tightState(): { readonly state: State; readonly room: { left: number } } {
  const room = { left: Number.POSITIVE_INFINITY };
  const tables = memoryTables();
  const state = stateOver({
    read: (verb) => verb(tables),
    write: async (verb) => {
      if (room.left-- <= 0) throw new DavError(507, 'The state takes no more.');
      return verb(tables);
    },
    own: () => {},
    close: async () => {},
  });
  return { state, room };
}
