// UNLOCK (RFC 4918 §9.11): one lock goes, everywhere it applied.
import { notThatLock } from '../locks/lock-table.ts';
import { claimantOf, locksOn, requirePreconditions, taggedPaths } from '../operations/admission.ts';
import { DavError } from '../protocol/error.ts';
import { parseLockToken } from '../protocol/headers.ts';
import { type Method, resourceAt } from './method.ts';

export const unlock: Method = async (request, context) => {
  const { path } = request.target;
  const token = parseLockToken(request.headers['lock-token']);
  return context.gate.hold([path, ...taggedPaths(request)], async () => {
    await claimantOf(request, context);
    const resource = await resourceAt(request, context);
    const held = resource && (await locksOn(path, context)).find((lock) => lock.token === token);
    if (!held) throw notThatLock(409);
    if (held.principal !== request.principal) throw new DavError(403, 'Only who took the lock can release it.');
    requirePreconditions(request, resource);
    // Through another member of what it locks, somebody else may release it at the same time.
    if (!(await context.state.removeLock(token))) throw notThatLock(409);
    return { status: 204, headers: { 'Cache-Control': 'no-cache' } };
  });
};
