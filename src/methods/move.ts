// MOVE (RFC 4918 §9.9): one rename where nothing is in the way; otherwise as many of its members as may go.
import { perform } from '../operations/perform.ts';
import { planMove } from '../operations/plan-move.ts';
import { report } from '../operations/report.ts';
import { admitTransfer, blockedIn, destinationOf } from '../operations/transfer.ts';
import { above, growTree } from '../operations/tree.ts';
import { DavError } from '../protocol/error.ts';
import { parseDepth, parseModified } from '../protocol/headers.ts';
import { hrefOf, ROOT } from '../protocol/path.ts';
import { parsePrefer } from '../protocol/prefer.ts';
import { createdOrReplaced, type Method, requireResource } from './method.ts';

export const move: Method = async (request, context) => {
  const { path } = request.target;
  const { store } = context;
  const to = destinationOf(request);
  const depth = parseDepth(request.headers.depth);
  const modified = parseModified(request.headers['x-oc-mtime']);
  const { seen, plan, result } = await perform(context, {
    claims: [path, to],
    admit: async () => {
      const source = await requireResource(request, context);
      if (path === ROOT) throw new DavError(403, 'The root of the server cannot be moved.');
      if (source.collection && depth !== undefined && depth !== 'infinity')
        throw new DavError(400, 'A collection is moved with Depth: infinity.');
      return admitTransfer(request, source, to, true, context);
    },
    plan: async ({ source, destination, who }) => {
      const blocked = await blockedIn(destination ? [path, to] : [path], who, context);
      return planMove({ source: await growTree(store, source, above(blocked), false), to, destination, blocked, modified });
    },
  });
  const { base, headers } = request;
  const location = hrefOf({ path: to, collection: seen.source.collection }, base);
  const accepted: Record<string, string> = modified === undefined || seen.source.collection ? {} : { 'X-OC-MTime': 'accepted' };
  return (
    report(plan, result, { base, preferences: parsePrefer(headers.prefer) }) ?? createdOrReplaced(!seen.destination, location, accepted)
  );
};
