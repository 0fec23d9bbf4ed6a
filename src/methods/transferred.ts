// The answer of COPY and MOVE: what was not done, or where the resource is now.
import type { Context } from '../operations/context.ts';
import type { Handling } from '../operations/handling.ts';
import type { Performed } from '../operations/perform.ts';
import { report } from '../operations/report.ts';
import type { Transfer } from '../operations/transfer.ts';
import type { DavRequest, DavResponse } from '../protocol/message.ts';
import { hrefOf } from '../protocol/path.ts';
import { createdOrReplaced } from './method.ts';
import { preferred } from './representation.ts';

/** `modified`: the time the client asked for, in milliseconds; the answer says whether a file has it now. */
export async function transferred(
  request: DavRequest,
  { seen, plan, result }: Performed<Transfer>,
  handling: Handling,
  modified: number | undefined,
  context: Context,
): Promise<DavResponse> {
  const { base } = request;
  const { source, to, destination } = seen;
  const failure = report(plan, result, { base, handling });
  if (failure) return failure;
  const kept = modified !== undefined && !source.collection && (await context.store.stat(to))?.modified === Math.floor(modified);
  const accepted: Record<string, string> = kept ? { 'X-OC-MTime': 'accepted' } : {};
  const answer = createdOrReplaced(!destination, hrefOf({ path: to, collection: source.collection }, base), accepted);
  return (await preferred(answer, to, request, context)) ?? answer;
}
