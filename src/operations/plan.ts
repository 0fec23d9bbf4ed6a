// Plan: a write request as steps, pure data that can be printed, compared and judged before anything is touched.
import { type Blocked, NOTHING_BLOCKED } from '../locks/blocked.ts';
import type { DavError } from '../protocol/error.ts';
import type { Path, Ref } from '../protocol/path.ts';
import type { Change, Lock } from '../state/state.ts';
import type { Attributes, Resource } from '../store/store.ts';

/** What a failed step's row is named after (RFC 4918 §9.8.5): the resource read and removed, or the one made and replaced. */
export type Side = 'source' | 'destination';

export type Action =
  /** Remove a file or link. */
  | { readonly do: 'remove' }
  /** Remove a collection once its members are gone. */
  | { readonly do: 'close' }
  /** Remove a collection and everything in it, of which the plan knows no more. */
  | { readonly do: 'remove-tree' }
  /** Remove the members of a collection but for those that have steps of their own. */
  | { readonly do: 'remove-members'; readonly apart: readonly Path[] }
  /** Take a whole collection out of the tree in one rename, or leave all of it. */
  | { readonly do: 'withdraw' }
  /** Make the collection `target`, or take the one that is there; `displaces` is a file in its place. */
  | { readonly do: 'make'; readonly displaces?: Ref }
  /** Make a collection that has its dead properties from the moment it is there. */
  | { readonly do: 'make-with'; readonly changes: readonly Change[]; readonly attributes?: Attributes }
  /** Copy one file; `displaces` is a collection in its place. */
  | { readonly do: 'copy'; readonly displaces?: Ref }
  /** Copy a collection and everything in it onto what is there or not. */
  | { readonly do: 'copy-tree'; readonly displaces?: Ref }
  /** Copy the members of a collection but for those that have steps of their own. */
  | { readonly do: 'copy-members'; readonly apart: readonly Path[] }
  /** Copy a collection, shallow without its members, so that it is wholly there at once, or not at all. */
  | { readonly do: 'copy-whole'; readonly shallow: boolean }
  /** Remove destination members that the copied collection does not have: these, which locks had to be asked for. */
  | { readonly do: 'prune'; readonly members: readonly Ref[] }
  /** The same of all others; of a shallow copy every member is one. */
  | { readonly do: 'prune-members'; readonly apart: readonly Path[]; readonly shallow: boolean }
  /** Put the destination of a MOVE aside, all or nothing. */
  | { readonly do: 'clear'; readonly sameType: boolean }
  /** Move a file or a whole collection in one rename. */
  | { readonly do: 'rename' }
  /** Move the members of a collection, each in one rename, but for those that have steps of their own. */
  | { readonly do: 'move-members'; readonly apart: readonly Path[] }
  /** Make an empty file. */
  | { readonly do: 'make-file' }
  /** Swap an uploaded file in, staged or yet to be written, with its attributes, and change the properties that speak of the content. */
  | { readonly do: 'put'; readonly content: Path | Uint8Array; readonly changes: readonly Change[]; readonly attributes?: Attributes }
  /** Dead properties, and attributes that properties stand for: these first, so that a refusal leaves nothing changed. */
  | { readonly do: 'properties'; readonly changes: readonly Change[]; readonly attributes?: Attributes }
  /** Take a lock. */
  | { readonly do: 'lock'; readonly lock: Lock }
  /** Release one. */
  | { readonly do: 'unlock'; readonly token: string };

export interface Step {
  readonly action: Action;
  /** The side whose locks are asked and whose row a refusal is. */
  readonly side: Side;
  /** The resource that is read, removed or changed. */
  readonly source: Ref;
  /** The resource that is made or replaced. */
  readonly target?: Ref;
  /** Indexes of earlier steps without which this one is not attempted. */
  readonly needs: readonly number[];
  /** A refusal the snapshot already met, such as a collection that may not be listed. */
  readonly refused?: DavError;
}

/** What the request does, in the words of its sentences: `deleted`, `copied`. */
export type Verb = 'delete' | 'copy' | 'move' | 'lock' | 'unlock' | 'write' | 'create' | 'change';

export interface Plan {
  readonly verb: Verb;
  /** The Request-URI's resource, and the Destination's. */
  readonly root: Ref;
  readonly target?: Ref;
  readonly steps: readonly Step[];
  /** It is carried out whole or not at all, where a step could stop half-way. */
  readonly whole?: boolean;
  /** Lock roots in the trees concerned that the caller may not change. */
  readonly blocked: Blocked;
  /** When content that is copied or moved was last modified, as the client says (`X-OC-Mtime`): milliseconds. */
  readonly modified?: number;
}

/** The resource a step's own failure is about. */
export function refOf(step: Step, side: Side = step.side): Ref {
  return side === 'destination' ? (step.target ?? step.source) : step.source;
}

/** Whether `there` goes aside for a copy of `source`: the type changes, or it is a link, whose target is not the destination's to change. */
export function makesRoom(source: Resource, there: Resource): boolean {
  return there.link || there.collection !== source.collection;
}

/** The plan of one action on one resource; without an action there is nothing to do. */
export function planOf(verb: Verb, root: Ref, action: Action | undefined): Plan {
  return { verb, root, steps: action ? [{ action, side: 'source', source: root, needs: [] }] : [], blocked: NOTHING_BLOCKED };
}

/** Steps under construction: `add` gives the index that later steps name in `needs`. */
export class Steps {
  readonly list: Step[] = [];

  add(step: Step): number {
    return this.list.push(step) - 1;
  }
}
