// MKCOL (RFC 4918 §9.3): a new, empty collection, with properties of its own where the body asks for some (RFC 5689).
import { claimantOf, requireOpen, requirePreconditions, taggedPaths } from '../operations/admission.ts';
import type { Context } from '../operations/context.ts';
import { requireNesting } from '../operations/nesting.ts';
import { perform } from '../operations/perform.ts';
import { type Action, planOf } from '../operations/plan.ts';
import { requireDone } from '../operations/report.ts';
import { mkcolResponse, readMkcol } from '../properties/mkcol-xml.ts';
import { attributesIn, changesOf, type Instruction, judgeInstructions } from '../properties/proppatch-xml.ts';
import { DavError } from '../protocol/error.ts';
import type { DavRequest } from '../protocol/message.ts';
import { XML_TYPE } from '../protocol/multistatus.ts';
import { hrefOf, type Path, parentOf } from '../protocol/path.ts';
import { parsePrefer } from '../protocol/prefer.ts';
import { readXml } from './body.ts';
import { CHANGED, createdOrReplaced, type Method, requireParent } from './method.ts';

export const mkcol: Method = async (request, context) => {
  const { path } = request.target;
  const document = await readXml(request, context);
  const instructions = document ? readMkcol(document, context.options) : [];
  const { propstats, allowed } = judgeInstructions(instructions, { collection: true });
  const { result, plan } = await perform(context, {
    claims: [path],
    tagged: taggedPaths(request),
    admit: () => admit(request, context),
    plan: () => planOf('create', { path, collection: true }, allowed ? actionOf(instructions, path) : undefined),
  });
  requireDone(result);
  if (!allowed) {
    // RFC 5689 §3: nothing was made, so the status is that of the property that could not be set.
    const status = propstats[0]?.status ?? 403;
    return { status, headers: { 'Content-Type': XML_TYPE, ...CHANGED }, body: mkcolResponse(propstats) };
  }
  // RFC 8144 §2.3: an empty body is all there is to say after a complete success, whoever asks.
  const minimal = document && parsePrefer(request.headers.prefer, request.headers.brief).return === 'minimal';
  return createdOrReplaced(true, hrefOf(plan.root, request.base), minimal ? { 'Preference-Applied': 'return=minimal' } : {});
};

async function admit(request: DavRequest, context: Context): Promise<void> {
  const { path } = request.target;
  if (await context.store.stat(path)) throw new DavError(405, 'There is something at this URL already.');
  requireNesting(path, context.options.depthLimit);
  await requireParent(request, context);
  await requireOpen([parentOf(path)], await claimantOf(request, context), 'create a member of', context);
  requirePreconditions(request, undefined);
}

function actionOf(instructions: readonly Instruction[], path: Path): Action {
  const [changes, attributes] = [changesOf(instructions, path), attributesIn(instructions)];
  if (changes.length === 0 && !attributes) return { do: 'make' };
  return { do: 'make-with', changes, ...(attributes && { attributes }) };
}
