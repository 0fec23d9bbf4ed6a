// What of the files that a store brings many at once is done, tallied and noted, and what is left to be brought one by one.
import { childOf, nameOf, type Path } from '../protocol/path.ts';
import type { Brought, Resource } from '../store/store.ts';
import type { Notes } from './carried-out.ts';
import type { Tally } from './outcome.ts';

/** `to`: the collection that they come to. */
export async function* leftOver(
  brought: AsyncIterable<Brought>,
  to: Path,
  tally: Tally,
  notes: Notes | undefined,
): AsyncGenerator<readonly Resource[]> {
  for await (const { files, others } of brought) {
    tally.done += files.length;
    for (const { path, replaced } of notes ? files : [])
      notes?.note('destination', { path: childOf(to, nameOf(path)), collection: false }, replaced ? 204 : 201);
    yield others;
  }
}
