// COPY (RFC 4918 §9.8): a resource with its dead properties to another URL; a collection as far as its members can be copied.
import { blockedIn, taggedPaths } from '../operations/admission.ts';
import { handlingOf } from '../operations/handling.ts';
import { perform } from '../operations/perform.ts';
import { planCopy, planCopyWhole } from '../operations/plan-copy.ts';
import { admitTransfer, askedOf } from '../operations/transfer.ts';
import { type Apart, apartIn, growTree } from '../operations/tree.ts';
import { DavError } from '../protocol/error.ts';
import { parseDepth, parseModified } from '../protocol/headers.ts';
import { rebase } from '../protocol/path.ts';
import { tellingHandling } from './handled.ts';
import { requireResource } from './method.ts';
import { transferred } from './transferred.ts';

export const copy = tellingHandling(async (request, context) => {
  const { store } = context;
  const asked = askedOf(request);
  const { to } = asked;
  const depth = parseDepth(request.headers.depth);
  const modified = parseModified(request.headers['x-oc-mtime']);
  const handling = handlingOf(request, context.options);
  const performed = await perform(context, {
    claims: [request.target.path, to],
    tagged: taggedPaths(request),
    handling,
    admit: async () => {
      const source = await requireResource(request, context);
      if (source.collection && depth === 1) throw new DavError(400, 'A collection is copied with Depth 0 or infinity.');
      return admitTransfer(request, source, { ...asked, move: false }, context);
    },
    plan: async ({ source, destination, who }) => {
      const blocked = await blockedIn([to], who, context);
      const shallow = depth === 0;
      const wanted = { to, shallow, blocked, modified: source.collection ? undefined : modified };
      if (handling.strict)
        return planCopyWhole({ ...wanted, source: { resource: source }, destination: destination && { resource: destination } });
      const apart = apartIn(blocked);
      // Where a lock in the destination is in the way, both trees are planned member by member.
      const mirrored: Apart = async (path) =>
        shallow ? undefined : (await apart(rebase(path, source.path, to)))?.map((member) => rebase(member, to, source.path));
      // All members go when one level is copied, so that they have to be seen.
      const inDestination: Apart = (path) => (shallow && path === to ? blocked.members(to) : apart(path));
      return planCopy({
        ...wanted,
        source: destination ? await growTree(store, source, mirrored, true) : { resource: source },
        destination: destination && (await growTree(store, destination, inDestination, false)),
      });
    },
  });
  return transferred(request, performed, handling, modified, context);
});
