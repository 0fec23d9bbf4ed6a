// MOVE (RFC 4918 §9.9): one rename where nothing is in the way; otherwise as many of its members as may go.
import { perform } from '../operations/perform.ts';
import { planMove } from '../operations/plan-move.ts';
import { admitTransfer, askedOf, blockedIn } from '../operations/transfer.ts';
import { above, growTree } from '../operations/tree.ts';
import { DavError } from '../protocol/error.ts';
import { handlingOf } from '../protocol/handling.ts';
import { parseDepth, parseModified } from '../protocol/headers.ts';
import { ROOT } from '../protocol/path.ts';
import { parsePrefer } from '../protocol/prefer.ts';
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
  const performed = await perform(context, {
    claims: [path, to],
    // With nothing refused a MOVE is one rename, so that it is strict as a whole.
    strict: handlingOf('MOVE', headers['user-agent'], parsePrefer(headers.prefer)) === 'strict',
    admit: async () => {
      const source = await requireResource(request, context);
      if (path === ROOT) throw new DavError(403, 'The root of the server cannot be moved.');
      if (source.collection && depth !== undefined && depth !== 'infinity')
        throw new DavError(400, 'A collection is moved with Depth: infinity.');
      return admitTransfer(request, source, { ...asked, move: true }, context);
    },
    plan: async ({ source, destination, who }) => {
      const blocked = await blockedIn(destination ? [path, to] : [path], who, context);
      return planMove({ source: await growTree(store, source, above(blocked), false), to, destination, blocked, modified });
    },
  });
  return transferred(request, performed, modified, context);
});
