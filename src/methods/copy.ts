// COPY (RFC 4918 §9.8): a resource with its dead properties to another URL; a collection as far as its members can be copied.
import { perform } from '../operations/perform.ts';
import { planCopy } from '../operations/plan-copy.ts';
import { admitTransfer, askedOf, blockedIn } from '../operations/transfer.ts';
import { above, growTree } from '../operations/tree.ts';
import { DavError } from '../protocol/error.ts';
import { parseDepth, parseModified } from '../protocol/headers.ts';
import { type Path, rebase } from '../protocol/path.ts';
import { type Method, requireResource } from './method.ts';
import { transferred } from './transferred.ts';

export const copy: Method = async (request, context) => {
  const { store } = context;
  const asked = askedOf(request);
  const { to } = asked;
  const depth = parseDepth(request.headers.depth);
  const modified = parseModified(request.headers['x-oc-mtime']);
  const performed = await perform(context, {
    claims: [request.target.path, to],
    admit: async () => {
      const source = await requireResource(request, context);
      if (source.collection && depth === 1) throw new DavError(400, 'A collection is copied with Depth 0 or infinity.');
      return admitTransfer(request, source, { ...asked, move: false }, context);
    },
    plan: async ({ source, destination, who }) => {
      const blocked = await blockedIn([to], who, context);
      const interest = above(blocked);
      const shallow = depth === 0;
      // Where a lock in the destination is in the way, both trees are planned member by member.
      const mirrored = (path: Path) => interest(rebase(path, source.path, to)) && !shallow;
      const there = destination && (await growTree(store, destination, (path) => interest(path) || (shallow && path === to), false));
      const tree = await growTree(store, source, there ? mirrored : () => false, true);
      return planCopy({ source: tree, to, destination: there, shallow, blocked, modified: source.collection ? undefined : modified });
    },
  });
  return transferred(request, performed, modified, context);
};
