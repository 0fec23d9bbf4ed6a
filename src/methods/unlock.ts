// UNLOCK (RFC 4918 §9.11): one lock goes, everywhere it applied, or nowhere.
import { notThatLock } from '../locks/lock-table.ts';
import { claimantOf, locksOn, requirePreconditions, taggedPaths } from '../operations/admission.ts';
import { handlingOf } from '../operations/handling.ts';
import { perform } from '../operations/perform.ts';
import { planUnlock } from '../operations/plan-unlock.ts';
import { report } from '../operations/report.ts';
import { refTo } from '../operations/tree.ts';
import { DavError } from '../protocol/error.ts';
import { parseLockToken } from '../protocol/headers.ts';
import { CHANGED, type Method, resourceAt } from './method.ts';

export const unlock: Method = async (request, context) => {
  const { path } = request.target;
  const token = parseLockToken(request.headers['lock-token']);
  const { plan, result } = await perform(context, {
    claims: [path],
    tagged: taggedPaths(request),
    admit: async (looking) => {
      await claimantOf(request, looking);
      const resource = await resourceAt(request, looking);
      const lock = resource && (await locksOn(path, looking)).find((held) => held.token === token);
      if (!lock) throw notThatLock(409);
      if (lock.principal !== request.principal) throw new DavError(403, 'Only who took the lock can release it.');
      requirePreconditions(request, resource);
      return { resource, lock };
    },
    plan: ({ resource, lock }) => planUnlock(refTo(resource), lock),
  });
  const handling = handlingOf(request, context.options);
  return report(plan, result, { base: request.base, handling }) ?? { status: 204, headers: CHANGED };
};
