// Admission: what must hold before a write is planned, in the order in which one failure hides the next: If, locks, preconditions.
import { Blocked } from '../locks/blocked.ts';
import { blockersIn, blockersOf, type Claimant, locked } from '../locks/lock-table.ts';
import { type Current, checkPreconditions } from '../protocol/conditions.ts';
import { parseUriReference } from '../protocol/destination.ts';
import { DavError } from '../protocol/error.ts';
import { evaluateIf, type IfCondition, parseIf, submittedTokens, type TaggedState } from '../protocol/if-header.ts';
import type { DavRequest } from '../protocol/message.ts';
import { isReserved, type Path, ROOT, type Target } from '../protocol/path.ts';
import type { Lock } from '../state/state.ts';
import type { Resource } from '../store/store.ts';
import type { Context, Looking } from './context.ts';

/**
 * Evaluate the `If` header (RFC 4918 §10.4), on any method. Throws 400 for bad syntax, 412 when no list holds.
 * Gives who asks and which tokens count as submitted: all of them, wherever they stood (§10.4.1).
 */
export async function claimantOf(request: DavRequest, context: Looking): Promise<Claimant> {
  const header = request.headers.if;
  if (header === undefined) return { principal: request.principal, submitted: new Set() };
  const lists = parseIf(header);
  const tagged = new Map<string | undefined, Tagged>();
  // All of them: what is no reference is 400, whichever list holds.
  for (const { tag, conditions } of lists) {
    const known = tagged.get(tag);
    if (known) known.conditions.push(...conditions);
    else tagged.set(tag, { target: tag === undefined ? request.target : parseUriReference(tag, request), conditions: [...conditions] });
  }
  const states = new Map<string | undefined, TaggedState>();
  for (const list of lists) {
    const state = states.get(list.tag) ?? (await taggedState(tagged.get(list.tag), context));
    states.set(list.tag, state);
    // One is enough: what the others speak of need not be looked at.
    if (evaluateIf([list], () => state)) return { principal: request.principal, submitted: submittedTokens(lists) };
  }
  throw new DavError(412, 'No condition list of the If header holds.');
}

/** What a tag means, and all that its lists ask. */
interface Tagged {
  readonly target: Target | 'foreign';
  readonly conditions: IfCondition[];
}

/**
 * The paths of the tags of an If header: what it is told there must still hold when the write is done, or two writers, each on
 * condition of what the other changes, would both go on.
 */
export function taggedPaths(request: DavRequest): Path[] {
  const tags = request.headers.if === undefined ? [] : parseIf(request.headers.if).flatMap(({ tag }) => tag ?? []);
  return tags.flatMap((tag) => {
    const target = parseUriReference(tag, request);
    return target === 'foreign' || isReserved(target.path) ? [] : [target.path];
  });
}

/** The one token of a lock refresh. Throws 400 unless the If header is there and has exactly one (RFC 4918 §9.10.2). */
export function singleToken({ headers }: DavRequest): string {
  const tokens = headers.if === undefined ? new Set<string>() : submittedTokens(parseIf(headers.if));
  const [token, ...more] = [...tokens].filter((submitted) => submitted !== 'DAV:no-lock');
  if (token === undefined || more.length > 0)
    throw new DavError(400, 'A LOCK without a body refreshes the one lock whose token its If header submits.');
  return token;
}

const NO_STATE: TaggedState = { etag: undefined, tokens: new Set() };

async function taggedState(tagged: Tagged | undefined, context: Looking): Promise<TaggedState> {
  // Another host or what is outside the mount behaves as unmapped: never an error, never a fetch.
  if (!tagged || tagged.target === 'foreign' || isReserved(tagged.target.path)) return NO_STATE;
  const { target, conditions } = tagged;
  const asksFor = (what: 'token' | 'etag') => conditions.some((condition) => what in condition);
  const recorded = asksFor('token') ? await context.state.locksOn(target.path, context.now()) : [];
  // Where no lock is recorded there is no state token, whatever is on the disk.
  if (recorded.length === 0 && !asksFor('etag')) return NO_STATE;
  const found = await context.store.stat(target.path);
  // A file has no URL that ends in a slash.
  const resource = found && target.slash && !found.collection ? undefined : found;
  const { standing } = await sorted(recorded, context);
  // An unmapped URL has no state (§10.4.4), but for the infinite lock of a collection that would cover it: §7.5.2 submits its
  // token this way. A file covers nothing below it, nor itself with a slash.
  const locks = resource ? standing : standing.filter(({ collection }) => collection);
  return { etag: resource?.etag, tokens: new Set(locks.map((lock) => lock.token)) };
}

/** The locks that apply to `path`. One whose root another program has removed, or made a resource of the other type, is none. */
export async function locksOn(path: Path, context: Looking): Promise<Lock[]> {
  const recorded = await context.state.locksOn(path, context.now());
  return recorded.length === 0 ? recorded : (await sorted(recorded, context)).standing;
}

/** The locks rooted at `path` (with those that apply to it from above) or below it. */
export async function locksIn(path: Path, context: Looking): Promise<Lock[]> {
  const { standing } = await sorted(await recordedIn(path, context), context);
  return standing;
}

/**
 * Forget what another program has removed: the locks in and over the trees at `paths` whose root is gone, and the dead
 * properties of what was at `paths`, before they catch hold of what a write is about to make there. Only under the gate:
 * elsewhere a resource may be missing for no more than the moment of a swap.
 */
export async function forgetFallen(paths: readonly Path[], context: Looking): Promise<void> {
  const { state, store } = context;
  for (const path of paths) {
    const recorded = await state.recorded(path, 1);
    const locks = recorded.length > 0 ? await recordedIn(path, context) : await state.locksOn(path, context.now());
    const { fallen } = await sorted(locks, context);
    const orphaned = recorded.length > 0 && !(await store.stat(path));
    if (fallen.length > 0 || orphaned) await store.stat(ROOT); // throws where the whole store is gone, and not one resource
    for (const lock of fallen) await state.removeLock(lock.token);
    if (orphaned) await state.commit([{ do: 'drop', path }]);
  }
}

async function recordedIn(path: Path, { state, now }: Looking): Promise<Lock[]> {
  const time = now();
  return [...(await state.locksOn(path, time)), ...(await state.locksBelow(path, time))];
}

async function sorted(locks: readonly Lock[], { store }: Looking): Promise<{ readonly standing: Lock[]; readonly fallen: Lock[] }> {
  const standing: Lock[] = [];
  const fallen: Lock[] = [];
  for (const lock of locks) ((await store.stat(lock.root))?.collection === lock.collection ? standing : fallen).push(lock);
  return { standing, fallen };
}

/**
 * Throws a plain 423 naming every lock root in the way when a lock on one of `paths`, direct or inherited, is not opened by
 * a submitted token (RFC 4918 §7). A parent counts when the set of its members changes (§7.4).
 */
export async function requireOpen(paths: readonly Path[], who: Claimant, todo: string, context: Looking): Promise<void> {
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

/** What in the trees at `paths` the caller may not change. Costs the locks there. */
export async function blockedIn(paths: readonly Path[], who: Claimant, context: Context): Promise<Blocked> {
  const blocked = new Map<Path, Lock[]>();
  for (const path of paths) {
    const { roots, members } = blockersIn(path, await locksIn(path, context), who);
    for (const [root, locks] of roots) blocked.set(root, locks);
    for (const [collection, locks] of members)
      for (const member of await membersWithoutLock(collection, context)) blocked.set(member, locks);
  }
  return new Blocked(blocked);
}

/** A member that is a lock root is judged by its own locks. What may not be listed is blocked as a whole. */
async function membersWithoutLock(collection: Path, { store, state, now }: Context): Promise<Path[]> {
  const members: Path[] = [];
  try {
    for await (const batch of store.list(collection)) for (const { path } of batch) members.push(path);
  } catch {
    return [collection];
  }
  const { locks } = await state.membership(collection, now());
  return members.filter((member) => !locks.has(member));
}
