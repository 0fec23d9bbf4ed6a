// The lock rules of RFC 4918 §6 and §7 over plain lock records: who may change what, and which locks exclude each other.
import { DavError } from '../protocol/error.ts';
import { ancestorsOf, isWithin, type Path, type Ref } from '../protocol/path.ts';
import type { Lock } from '../state/state.ts';

/** Who asks, and the lock tokens the request submitted in its `If` header. */
export interface Claimant {
  readonly principal: string;
  readonly submitted: ReadonlySet<string>;
}

/** RFC 4918 §6.4: a token counts only for the principal that created the lock. */
function isSubmitted(lock: Lock, who: Claimant): boolean {
  return lock.principal === who.principal && who.submitted.has(lock.token);
}

/** Whether `lock` applies to `path`: directly, or from an ancestor with Depth infinity (RFC 4918 §6.1). */
export function appliesTo(lock: Lock, path: Path): boolean {
  return lock.root === path || (lock.depth === 'infinity' && isWithin(path, lock.root));
}

/**
 * The locks among `locks` that keep `who` from changing the resource at `path`; empty when it may be changed.
 * An exclusive lock is alone on a resource; of several shared ones a single own token is enough (RFC 4918 §6.2, §7.5).
 */
export function blockersOf(path: Path, locks: readonly Lock[], who: Claimant): Lock[] {
  const applying = locks.filter((lock) => appliesTo(lock, path));
  return applying.some((lock) => isSubmitted(lock, who)) ? [] : applying;
}

/** What keeps a caller from changing a tree, by lock root. */
export interface Blockers {
  /** The lock roots that may not be changed, each with the locks in the way. */
  readonly roots: Map<Path, Lock[]>;
  /** Collections that may be, and whose members may not: the token of a Depth 0 lock opens the collection alone. */
  readonly members: Map<Path, Lock[]>;
}

/** Of the lock roots at or below `path`. Costs the locks times their depth. */
export function blockersIn(path: Path, locks: readonly Lock[], who: Claimant): Blockers {
  const byRoot = new Map<Path, Lock[]>();
  for (const lock of locks) {
    const others = byRoot.get(lock.root);
    if (others) others.push(lock);
    else byRoot.set(lock.root, [lock]);
  }
  const blockers: Blockers = { roots: new Map(), members: new Map() };
  for (const [root, rooted] of byRoot) {
    if (!isWithin(root, path)) continue;
    const applying = [...rooted, ...ancestorsOf(root).flatMap((at) => (byRoot.get(at) ?? []).filter(isInfinite))];
    const own = blockersOf(root, applying, who);
    const below = rooted.some(({ collection }) => collection) ? blockersOf(root, applying.filter(isInfinite), who) : [];
    if (own.length > 0) blockers.roots.set(root, own);
    else if (below.length > 0) blockers.members.set(root, below);
  }
  return blockers;
}

function isInfinite({ depth }: Lock): boolean {
  return depth === 'infinity';
}

/** RFC 4918 §6.1(3), §9.10.5: an exclusive lock excludes every other, shared ones only exclude exclusive ones. */
export function conflictsWith(scope: Lock['scope']): (existing: Lock) => boolean {
  return (existing) => scope === 'exclusive' || existing.scope === 'exclusive';
}

/** Each lock root once, in the order met. */
export function rootsOf(locks: readonly Lock[]): Ref[] {
  const roots = new Map<Path, Ref>();
  for (const lock of locks) roots.set(lock.root, { path: lock.root, collection: lock.collection });
  return [...roots.values()];
}

/** 423 for a change without the token; the body names the root of every lock in the way (RFC 4918 §16). */
export function locked(blockers: readonly Lock[], todo: string): DavError {
  return new DavError(423, `Locked; submit the lock token to ${todo} it.`, {
    condition: { name: 'lock-token-submitted', refs: rootsOf(blockers) },
  });
}

/** 423 for a LOCK that another lock excludes (RFC 4918 §9.10.6). */
export function conflicting(conflicts: readonly Lock[]): DavError {
  return new DavError(423, 'A lock that excludes this one is held here.', {
    condition: { name: 'no-conflicting-lock', refs: rootsOf(conflicts) },
  });
}

/** 409 or 412 for a token that names no lock on the Request-URI (RFC 4918 §9.10.6, §9.11.1). */
export function notThatLock(status: 409 | 412): DavError {
  return new DavError(status, 'The lock token is unknown, or its lock does not cover this resource.', {
    condition: { name: 'lock-token-matches-request-uri' },
  });
}
