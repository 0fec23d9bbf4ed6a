// The next request of a client, made up at random for the tree it believes in.

import { make, properties, put, putPart } from './changing.ts';
import type { Chooser } from './chooser.ts';
import { lock, unlock } from './locking.ts';
import type { Operation } from './operation.ts';
import { copy, move, remove } from './transferring.ts';
import { pathsIn } from './tree.ts';

/** Above this many members a client would rather delete. */
const MANY = 60;

/** Never fails to find one: PUT is always possible. */
export function choose(chooser: Chooser): Operation {
  for (;;) {
    const full = pathsIn(chooser.tree, chooser.home).length > MANY;
    const at = chooser.random.int(100);
    const operation = full && at < 50 ? remove(chooser) : kindAt(at)(chooser);
    if (operation) return operation;
  }
}

type Kind = (chooser: Chooser) => Operation | undefined;

/** In a hundred. */
const SHARES: readonly (readonly [number, Kind])[] = [
  [28, put],
  [8, putPart],
  [8, make],
  [10, properties],
  [13, copy],
  [15, move],
  [8, remove],
  [7, lock],
  [3, unlock],
];

function kindAt(at: number): Kind {
  let from = 0;
  for (const [share, kind] of SHARES) {
    from += share;
    if (at < from) return kind;
  }
  return put;
}
