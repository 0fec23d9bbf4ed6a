// DELETE (RFC 4918 §9.6): a resource, or a collection as far as its members may go.
import { blockedIn, claimantOf, requireOpen, requirePreconditions, taggedPaths } from '../operations/admission.ts';
import { handlingOf } from '../operations/handling.ts';
import { perform } from '../operations/perform.ts';
import { planDelete, planWithdraw } from '../operations/plan-delete.ts';
import { report } from '../operations/report.ts';
import { apartIn, growTree } from '../operations/tree.ts';
import { DavError } from '../protocol/error.ts';
import { parseDepth } from '../protocol/headers.ts';
import { parentOf, ROOT } from '../protocol/path.ts';
import { tellingHandling } from './handled.ts';
import { CHANGED, requireResource } from './method.ts';

export const del = tellingHandling(async (request, context) => {
  const { path } = request.target;
  const { store } = context;
  const depth = parseDepth(request.headers.depth);
  const handling = handlingOf(request, context.options);
  const { plan, result } = await perform(context, {
    claims: [path],
    tagged: taggedPaths(request),
    handling,
    admit: async () => {
      const resource = await requireResource(request, context);
      if (path === ROOT) throw new DavError(403, 'The root of the server cannot be deleted.');
      // RFC 4918 §9.6.1: a client must not ask for less than the whole collection; on a file Depth means nothing.
      if (resource.collection && depth !== undefined && depth !== 'infinity')
        throw new DavError(400, 'A collection is deleted with Depth: infinity.');
      if (!(await store.writable(parentOf(path)))) throw new DavError(403, 'The server may not change the parent collection.');
      const who = await claimantOf(request, context);
      await requireOpen([parentOf(path), path], who, 'delete', context);
      requirePreconditions(request, resource);
      return { resource, who };
    },
    plan: async ({ resource, who }) => {
      const blocked = await blockedIn([path], who, context);
      if (handling.strict) return planWithdraw({ resource }, blocked);
      return planDelete(await growTree(store, resource, apartIn(blocked), false), blocked);
    },
  });
  return report(plan, result, { base: request.base, handling }) ?? { status: 204, headers: CHANGED };
});
