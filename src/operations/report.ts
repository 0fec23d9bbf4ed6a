// Reports what became of a plan: nothing to say, one plain failure, or a 207 whose rows name each cause. The 424 policy lives here.
import type { DavResponse } from '../protocol/message.ts';
import { type Row, writeMultistatus, XML_TYPE } from '../protocol/multistatus.ts';
import { ancestorsOf } from '../protocol/path.ts';
import type { Preferences } from '../protocol/prefer.ts';
import type { Plan, Verb } from './plan.ts';
import { PAST, rowsOf } from './rows.ts';
import type { Result } from './run.ts';

export interface Report {
  readonly base: string;
  readonly preferences: Preferences;
}

/**
 * undefined when everything was done: the method then says 201 or 204. Throws the DavError when the Request-URI or the
 * Destination itself was the obstacle and nothing was done; otherwise gives the 207 (RFC 4918 §9.6.1, §9.8.3, §9.9.2, §9.10.3).
 */
export function report(plan: Plan, result: Result, { base, preferences }: Report): DavResponse | undefined {
  const [first] = result.failures;
  if (!first) return undefined;
  // Of a LOCK nothing counts as done but the lock: the empty file made for it is no part of a success.
  const nothing = result.done === 0 || plan.verb === 'lock';
  if (nothing && result.failures.every(({ ref }) => ref.path === plan.root.path || ref.path === plan.target?.path)) throw first.error;

  const rows = rowsOf(plan, result);
  const minimal = preferences.return === 'minimal';
  return {
    status: 207,
    headers: { 'Content-Type': XML_TYPE, 'Cache-Control': 'no-cache', ...(minimal && { 'Preference-Applied': 'return=minimal' }) },
    body: minimal ? writeMultistatus(minimalRows(rows, plan), base) : fullBody(rows, plan.verb, result, base),
  };
}

/** `return=minimal` leaves out the 424 rows, but for the Request-URI's of a LOCK (RFC 4918 §9.10.3), and all that is ours in the others. */
function minimalRows(rows: readonly Row[], { verb, root }: Plan): Row[] {
  return rows
    .filter((row) => !row.dependency || (verb === 'lock' && row.ref.path === root.path))
    .map(({ ref, status, condition }) => ({ ref, status, ...(condition && { condition }) }));
}

const SKIPPED_LIMIT = 1000; // rows

function fullBody(rows: readonly Row[], verb: Verb, result: Result, base: string): string {
  const shown = withoutDeepest(rows);
  const dependent = rows.filter((row) => row.dependency).length;
  const failed = rows.length - dependent;
  const left = rows.length > shown.length ? ` ${rows.length - shown.length} rows were left out.` : '';
  const counts = `${result.done} ${PAST[verb]}, ${failed} failed, ${dependent} not ${PAST[verb]} because of ${failed === 1 ? 'it' : 'them'}.`;
  return writeMultistatus(shown, base, counts + left);
}

/** Of very many skipped rows the deepest go: what they name as their cause, the collection they are in, stays. */
function withoutDeepest(rows: readonly Row[]): readonly Row[] {
  const skipped = rows.filter((row) => row.dependency?.outcome === 'skipped');
  if (skipped.length <= SKIPPED_LIMIT) return rows;
  const depths = new Map(skipped.map((row) => [row, ancestorsOf(row.ref.path).length]));
  const nearest = skipped.sort((a, b) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0)).slice(0, SKIPPED_LIMIT);
  const kept = new Set(nearest);
  return rows.filter((row) => row.dependency?.outcome !== 'skipped' || kept.has(row));
}

/** For plans of one step, or that only their first failure concerns: nothing but success or that failure. */
export function requireDone({ failures }: Result): void {
  const [first] = failures;
  if (first) throw first.error;
}
