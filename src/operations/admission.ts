// Admission: what must hold before a write is planned, in the order in which one failure hides the next: If, locks, preconditions.
import { blockersOf, type Claimant, locked } from '../locks/lock-table.ts';
import { type Current, checkPreconditions } from '../protocol/conditions.ts';
import { parseUriReference } from '../protocol/destination.ts';
import { DavError } from '../protocol/error.ts';
import { evaluateIf, type IfList, parseIf, submittedTokens, type TaggedState } from '../protocol/if-header.ts';
import type { DavRequest } from '../protocol/message.ts';
import { isReserved, type Path, parentOf } from '../protocol/path.ts';
import type { Lock } from '../state/state.ts';
import type { Resource } from '../store/store.ts';
import type { Context } from './context.ts';

/**
 * Evaluate the `If` header (RFC 4918 §10.4), on any method. Throws 400 for bad syntax, 412 when no list holds.
 * Gives who asks and which tokens count as submitted: all of them, wherever they stood (§10.4.1).
 */
export async function claimantOf(request: DavRequest, context: Context): Promise<Claimant> {
  const header = request.headers.if;
  if (header === undefined) return { principal: request.principal, submitted: new Set() };
  const lists = parseIf(header);
  const states = new Map<string | undefined, TaggedState>();
  for (const { tag } of lists) if (!states.has(tag)) states.set(tag, await taggedState(tag, request, context));
  if (!evaluateIf(lists, (tag) => states.get(tag) ?? NO_STATE)) throw new DavError(412, 'No condition list of the If header holds.');
  return { principal: request.principal, submitted: submittedTokens(lists) };
}

/** The one token of a lock refresh. Throws 400 unless the If header has exactly one (RFC 4918 §9.10.2). */
export function singleToken(lists: readonly IfList[]): string {
  const [token, ...more] = [...submittedTokens(lists)].filter((submitted) => submitted !== 'DAV:no-lock');
  if (token === undefined || more.length > 0)
    throw new DavError(400, 'A LOCK without a body refreshes the one lock whose token its If header submits.');
  return token;
}

const NO_STATE: TaggedState = { etag: undefined, tokens: new Set() };

async function taggedState(tag: string | undefined, request: DavRequest, context: Context): Promise<TaggedState> {
  const target = tag === undefined ? request.target : parseUriReference(tag, request);
  // Another host or what is outside the mount behaves as unmapped: never an error, never a fetch.
  if (target === 'foreign' || isReserved(target.path)) return NO_STATE;
  const resource = await context.store.stat(target.path);
  // An unmapped URL has no state (§10.4.4), but for the infinite lock that would cover it: §7.5.2 submits its token this way.
  const locks = resource
    ? await locksOn(target.path, context)
    : (await locksOn(parentOf(target.path), context)).filter(({ depth }) => depth === 'infinity');
  return { etag: resource?.etag, tokens: new Set(locks.map((lock) => lock.token)) };
}

/** The locks that apply to `path`. One whose root is gone, removed by another program, is deleted when met. */
export async function locksOn(path: Path, context: Context): Promise<Lock[]> {
  return standing(await context.state.locksOn(path, context.now()), context);
}

/** The locks rooted at `path` (with those that apply to it from above) or below it. */
export async function locksIn(path: Path, context: Context): Promise<Lock[]> {
  const now = context.now();
  const [on, below] = [await context.state.locksOn(path, now), await context.state.locksBelow(path, now)];
  return standing([...on, ...below], context);
}

async function standing(locks: readonly Lock[], context: Context): Promise<Lock[]> {
  const kept: Lock[] = [];
  for (const lock of locks) {
    const root = await context.store.stat(lock.root);
    if (root?.collection === lock.collection) kept.push(lock);
    else await context.state.removeLock(lock.token);
  }
  return kept;
}

/**
 * Throws a plain 423 naming every lock root in the way when a lock on one of `paths`, direct or inherited, is not opened by
 * a submitted token (RFC 4918 §7). A parent counts when the set of its members changes (§7.4).
 */
export async function requireOpen(paths: readonly Path[], who: Claimant, todo: string, context: Context): Promise<void> {
  const blockers: Lock[] = [];
  for (const path of paths) blockers.push(...blockersOf(path, await locksOn(path, context), who));
  if (blockers.length > 0) throw locked(blockers, todo);
}

/** RFC 9110 §13: throws 412 when a precondition is false. For writes only, which never answer 304. */
export function requirePreconditions(request: DavRequest, resource: Resource | undefined): void {
  if (checkPreconditions(request.method, request.headers, currentOf(resource)) !== 'proceed') {
    throw new DavError(412, 'The resource is not, or no longer, what the request expects.');
  }
}

/** What preconditions compare with: the entity-tag, and the time of last change in whole seconds. */
export function currentOf(resource: Resource | undefined): Current | undefined {
  return resource && { etag: resource.etag, modified: resource.modified };
}
