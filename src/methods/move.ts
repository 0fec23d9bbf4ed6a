// MOVE (RFC 4918 §9.9): one rename where nothing is in the way; otherwise as many of its members as may go.
import { blockedIn, taggedPaths } from '../operations/admission.ts';
import { handlingOf } from '../operations/handling.ts';
import { perform } from '../operations/perform.ts';
import { planMove } from '../operations/plan-move.ts';
import { admitTransfer, askedOf } from '../operations/transfer.ts';
import { apartIn, growTree } from '../operations/tree.ts';
import { DavError } from '../protocol/error.ts';
import { parseDepth, parseModified } from '../protocol/headers.ts';
import { ROOT } from '../protocol/path.ts';
import { tellingHandling } from './handled.ts';
import { requireResource } from './method.ts';
import { transferred } from './transferred.ts';

export const move = tellingHandling(async (request, context) => {
  const { path } = request.target;
  const { headers } = request;
  const { store } = context;
  const asked = askedOf(request);
  const { to } = asked;
  const depth = parseDepth(headers.depth);
  const modified = parseModified(headers['x-oc-mtime']);
  const handling = handlingOf(request, context.options);
  const performed = await perform(context, {
    claims: [path, to],
    tagged: taggedPaths(request),
    handling,
    admit: async () => {
      const source = await requireResource(request, context);
      if (path === ROOT) throw new DavError(403, 'The root of the server cannot be moved.');
      if (source.collection && depth !== undefined && depth !== 'infinity')
        throw new DavError(400, 'A collection is moved with Depth: infinity.');
      return admitTransfer(request, source, { ...asked, move: true }, context);
    },
    plan: async ({ source, destination, who }) => {
      const blocked = await blockedIn(destination ? [path, to] : [path], who, context);
      // With nothing refused a MOVE is one rename, so that it is done whole or not at all.
      const tree = handling.strict ? { resource: source } : await growTree(store, source, apartIn(blocked), false);
      return planMove({ source: tree, to, destination, blocked, modified, whole: handling.strict });
    },
  });
  return transferred(request, performed, handling, modified, context);
});
