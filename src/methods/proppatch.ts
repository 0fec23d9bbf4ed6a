// PROPPATCH (RFC 4918 §9.2): dead properties, and the attributes that properties set, all of the instructions or none.
import { claimantOf, requireOpen, requirePreconditions, taggedPaths } from '../operations/admission.ts';
import { perform } from '../operations/perform.ts';
import { type Action, planOf } from '../operations/plan.ts';
import { requireDone } from '../operations/report.ts';
import { refTo } from '../operations/tree.ts';
import { withChecksums } from '../properties/checksums.ts';
import { attributesIn, changesOf, judgeInstructions, readPropertyUpdate, withoutAttributes } from '../properties/proppatch-xml.ts';
import { DavError } from '../protocol/error.ts';
import { MULTISTATUS_END, MULTISTATUS_START, type Propstat, propertyRow, XML_TYPE } from '../protocol/multistatus.ts';
import { hrefOf } from '../protocol/path.ts';
import { parsePrefer } from '../protocol/prefer.ts';
import type { Change } from '../state/state.ts';
import type { Attributes } from '../store/store.ts';
import { readXml } from './body.ts';
import { contentLocation, type Method, requireResource } from './method.ts';

export const proppatch: Method = async (request, context) => {
  const { path } = request.target;
  const document = await readXml(request, context);
  if (!document) throw new DavError(400, 'PROPPATCH needs a DAV:propertyupdate body.');
  const instructions = readPropertyUpdate(document, context.options);
  const { seen, result } = await perform(context, {
    claims: [path],
    tagged: taggedPaths(request),
    admit: async (looking) => {
      const resource = await requireResource(request, looking);
      await requireOpen([path], await claimantOf(request, looking), 'change', looking);
      requirePreconditions(request, resource);
      return { resource, verdict: judgeInstructions(instructions, resource) };
    },
    plan: async ({ resource, verdict }) => {
      const root = refTo(resource);
      if (!verdict.allowed) return planOf('change', root, undefined);
      const attributes = attributesIn(instructions);
      const stored = attributes?.modified === undefined ? [] : await context.state.properties(path);
      const changes = withChecksums(changesOf(instructions, path), stored, resource, attributes);
      return planOf('change', root, actionOf(changes, attributes));
    },
  });
  const { resource } = seen;
  // RFC 4918 §9.2.1: an attribute that may not be set is the failure of its property, not of the request.
  const refused = result.failures[0]?.error.status === 403 ? result.failures[0].error : undefined;
  if (!refused) requireDone(result);
  const { propstats, allowed } = refused ? judgeInstructions(withoutAttributes(instructions, refused), resource) : seen.verdict;
  const minimal = parsePrefer(request.headers.prefer, request.headers.brief).return === 'minimal';
  // RFC 8144 §2.2: nothing to tell after a complete success.
  if (minimal && allowed) return { status: 204, headers: { 'Preference-Applied': 'return=minimal', 'Cache-Control': 'no-cache' } };
  return {
    status: 207,
    headers: { 'Content-Type': XML_TYPE, 'Cache-Control': 'no-cache', ...contentLocation(resource, request) },
    body: body(hrefOf(resource, request.base), propstats),
  };
};

/** undefined where there is nothing to change. */
function actionOf(changes: readonly Change[], attributes: Attributes | undefined): Action | undefined {
  return changes.length > 0 || attributes ? { do: 'properties', changes, ...(attributes && { attributes }) } : undefined;
}

function body(href: string, propstats: readonly Propstat[]): string {
  return MULTISTATUS_START + propertyRow(href, propstats) + MULTISTATUS_END;
}
