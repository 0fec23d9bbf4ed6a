// MKCOL (RFC 4918 §9.3): a new, empty collection.

import { claimantOf, requireOpen, requirePreconditions } from '../operations/admission.ts';
import { perform } from '../operations/perform.ts';
import type { Plan } from '../operations/plan.ts';
import { requireDone } from '../operations/report.ts';
import { DavError } from '../protocol/error.ts';
import { hrefOf, type Path, parentOf } from '../protocol/path.ts';
import { createdOrReplaced, type Method, requireParent } from './method.ts';

export const mkcol: Method = async (request, context) => {
  const { path } = request.target;
  const { result, plan } = await perform(context, {
    claims: [path],
    admit: async () => {
      if (await context.store.stat(path)) throw new DavError(405, 'There is something at this URL already.');
      await requireParent(request, context);
      await requireOpen([parentOf(path)], await claimantOf(request, context), 'create a member of', context);
      requirePreconditions(request, undefined);
    },
    plan: () => planMkcol(path),
  });
  requireDone(result);
  return createdOrReplaced(true, hrefOf(plan.root, request.base));
};

function planMkcol(path: Path): Plan {
  const root = { path, collection: true };
  return { verb: 'create', root, steps: [{ action: { do: 'make' }, side: 'source', source: root, needs: [] }], blocked: new Map() };
}
