// State in memory: for tests, and for servers that may forget everything when they stop.
import { stateOver } from './engine.ts';
import { memoryTables } from './memory-table.ts';
import type { State } from './state.ts';

/** A new, empty state. Durable as long as the process lives. */
export function memoryState(): State {
  const tables = memoryTables();
  return stateOver({ read: (verb) => verb(tables), write: async (verb) => verb(tables), own: () => {}, close: async () => {} });
}
