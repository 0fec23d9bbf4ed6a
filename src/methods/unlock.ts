// UNLOCK (RFC 4918 §9.11): one lock goes, everywhere it applied.
import { appliesTo, notThatLock } from '../locks/lock-table.ts';
import { claimantOf } from '../operations/admission.ts';
import { DavError } from '../protocol/error.ts';
import { parseLockToken } from '../protocol/headers.ts';
import type { Method } from './method.ts';

export const unlock: Method = async (request, context) => {
  const { path } = request.target;
  const { state, gate, now } = context;
  const token = parseLockToken(request.headers['lock-token']);
  return gate.hold([path], async () => {
    await claimantOf(request, context);
    const held = await state.lockByToken(token, now());
    if (!held || !appliesTo(held, path) || !(await context.store.stat(path))) throw notThatLock(409);
    if (held.principal !== request.principal) throw new DavError(403, 'Only who took the lock can release it.');
    await state.removeLock(token);
    return { status: 204, headers: { 'Cache-Control': 'no-cache' } };
  });
};
