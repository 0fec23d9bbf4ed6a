// LOCK (RFC 4918 §9.10): a new lock, on a new empty file where nothing was, or the refresh of one.
import { randomUUID } from 'node:crypto';
import { conflicting, conflictsWith, notThatLock } from '../locks/lock-table.ts';
import { type LockInfo, lockBody, readLockInfo } from '../locks/lock-xml.ts';
import { claimantOf, locksIn, locksOn, requireOpen, requirePreconditions, singleToken, taggedPaths } from '../operations/admission.ts';
import type { Context, Looking } from '../operations/context.ts';
import { handlingOf } from '../operations/handling.ts';
import { lookedAtOnce } from '../operations/looked-at-once.ts';
import { perform } from '../operations/perform.ts';
import { planLock } from '../operations/plan-lock.ts';
import { report } from '../operations/report.ts';
import { DavError } from '../protocol/error.ts';
import { parseDepth, parseTimeout } from '../protocol/headers.ts';
import type { DavRequest, DavResponse } from '../protocol/message.ts';
import { XML_TYPE } from '../protocol/multistatus.ts';
import { hrefOf, type Path, parentOf } from '../protocol/path.ts';
import type { Lock } from '../state/state.ts';
import type { Resource } from '../store/store.ts';
import { contentLocation, type Method, requireParent, resourceAt } from './method.ts';
import { remembering } from './remembered.ts';

const infoOf = remembering(readLockInfo);

export const lock: Method = async (request, context) => {
  const info = await infoOf(request, context);
  return info ? take(request, info, context) : refresh(request, context);
};

async function take(request: DavRequest, info: LockInfo, context: Context): Promise<DavResponse> {
  const { base, headers, principal } = request;
  const { path } = request.target;
  const depth = parseDepth(headers.depth) ?? 'infinity';
  if (depth === 1) throw new DavError(400, 'A lock has Depth 0 or infinity.');
  const { seen, plan, result } = await perform(context, {
    claims: [path],
    tagged: taggedPaths(request),
    admit: async (looking) => {
      const resource = await admitLock(request, info, looking);
      const { scope, owner } = info;
      const token = `urn:uuid:${randomUUID()}`;
      const collection = resource?.collection ?? false;
      const lock: Lock = { token, root: path, collection, scope, depth, owner, principal, expires: expiry(request, context) };
      return { resource, lock };
    },
    plan: async ({ resource, lock }) => {
      const inTheWay = lock.collection && depth === 'infinity' ? (await locksIn(path, context)).filter(conflictsWith(lock.scope)) : [];
      return planLock(lock, inTheWay, resource !== undefined);
    },
  });
  const failure = report(plan, result, { base, handling: handlingOf(request, context.options) });
  if (failure) return failure;
  return {
    status: seen.resource ? 200 : 201,
    headers: {
      'Lock-Token': `<${seen.lock.token}>`,
      'Content-Type': XML_TYPE,
      'Cache-Control': 'no-cache',
      ...(seen.resource ? contentLocation(seen.resource, request) : { Location: hrefOf({ path, collection: false }, base) }),
    },
    body: lockBody(seen.lock, viewerOf(request, context)),
  };
}

/** What is at the Request-URI. Throws 409, 412, and 423 for a conflict on the Request-URI itself (RFC 4918 §9.10.6). */
async function admitLock(request: DavRequest, info: LockInfo, looking: Looking): Promise<Resource | undefined> {
  const { path, slash } = request.target;
  const resource = await looking.store.stat(path);
  if (slash && !resource?.collection) throw new DavError(409, 'A file cannot have a URL that ends in a slash.');
  if (!resource) await requireParent(request, looking);
  const who = await claimantOf(request, looking);
  const conflicts = await conflictsAt(resource ? path : parentOf(path), resource, info, looking);
  if (conflicts.length > 0) throw conflicting(conflicts);
  if (!resource) await requireOpen([parentOf(path)], who, 'create a member of', looking);
  requirePreconditions(request, resource);
  return resource;
}

/** A new member would join the infinite locks over its parent, so these conflict too (RFC 4918 §6.1(4)). */
async function conflictsAt(path: Path, resource: Resource | undefined, { scope }: LockInfo, looking: Looking): Promise<Lock[]> {
  const locks = await locksOn(path, looking);
  return locks.filter((held) => (resource || held.depth === 'infinity') && conflictsWith(scope)(held));
}

/** RFC 4918 §9.10.2: without a body LOCK never creates a lock, it restarts the timer of the one its `If` header names. */
async function refresh(request: DavRequest, context: Context): Promise<DavResponse> {
  const { path } = request.target;
  const { state, gate, now } = context;
  const token = singleToken(request);
  return gate.hold([path, ...taggedPaths(request)], async () => {
    const looking = lookedAtOnce(context);
    const resource = await resourceAt(request, looking);
    const held = resource && (await locksOn(path, looking)).find((lock) => lock.token === token);
    if (!held) throw notThatLock(412);
    await claimantOf(request, looking);
    if (held.principal !== request.principal) throw new DavError(403, 'Only who took the lock can refresh it.');
    requirePreconditions(request, resource);
    const refreshed = await state.refreshLock(token, expiry(request, context), now());
    if (!refreshed) throw notThatLock(412);
    return {
      status: 200,
      headers: { 'Content-Type': XML_TYPE, 'Cache-Control': 'no-cache', ...contentLocation(resource, request) },
      body: lockBody(refreshed, viewerOf(request, context)),
    };
  });
}

/** Milliseconds since 1970 at which a lock taken or refreshed now ends. */
function expiry(request: DavRequest, { now, options }: Context): number {
  return now() + parseTimeout(request.headers.timeout, options.lockTimeout) * 1000;
}

function viewerOf({ principal, base }: DavRequest, { now }: Context) {
  return { principal, base, now: now() };
}
