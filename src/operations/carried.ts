// Tells whether a file was changed after it was copied to another device: then it is not removed, for the copy is of what it was before.
import { DavError } from '../protocol/error.ts';
import { childOf, nameOf, type Path } from '../protocol/path.ts';
import type { Resource, Store } from '../store/store.ts';
import type { Failure } from './outcome.ts';
import { membersIn, refTo } from './tree.ts';

export class Carried {
  readonly #began: number;
  /** Entity-tags as they were copied, of files whose time cannot tell: they are few, so that a folder of any size takes no more memory. */
  readonly #tags = new Map<Path, string>();

  /** `began`: before the first file was copied, in milliseconds. */
  constructor(began: number) {
    this.#began = began;
  }

  /** Of a file that has just been copied, and read back. */
  async note(source: Path, store: Store): Promise<void> {
    const copied = await store.stat(source);
    if (copied && copied.modified > this.#began) this.#tags.set(source, copied.etag);
  }

  /** The times of the copy do not count: not every disk keeps them to the millisecond. */
  changeOf(now: Resource, copy: Resource): DavError | undefined {
    const same = now.collection === copy.collection && now.size === copy.size;
    if (same && (now.collection || now.modified <= this.#began || this.#tags.get(now.path) === now.etag)) return undefined;
    return new DavError(409, 'Another program changed it while the others were copied; it stays where it was.');
  }

  /** A failure for what has changed or come into the tree `source` since it was copied to `at`. */
  async changesIn(source: Resource, at: Path, store: Store): Promise<Failure[]> {
    const copy = await store.stat(at);
    const error = copy ? this.changeOf(source, copy) : new DavError(409, 'Another program made it while the others were copied.');
    if (error) return [{ side: 'source', ref: refTo(source), error }];
    const found: Failure[] = [];
    if (source.collection)
      for await (const member of membersIn(store, source.path))
        for (const failure of await this.changesIn(member, childOf(at, nameOf(member.path)), store)) found.push(failure);
    return found;
  }
}
