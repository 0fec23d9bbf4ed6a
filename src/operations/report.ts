// Reports what became of a plan: nothing to say, one plain failure, or a 207 whose rows name each cause. The 424 policy lives here.
import { setImmediate } from 'node:timers/promises';
import type { DavResponse } from '../protocol/message.ts';
import { type Row, writeMultistatus, XML_TYPE } from '../protocol/multistatus.ts';
import { ancestorsOf } from '../protocol/path.ts';
import { SKIPPED_LIMIT } from './descendants.ts';
import type { Handling } from './handling.ts';
import type { Plan, Verb } from './plan.ts';
import { ATOMIC, PAST, rowsOf } from './rows.ts';
import type { Result } from './run.ts';

export interface Report {
  readonly base: string;
  readonly handling: Handling;
}

/**
 * undefined when everything was done: the method then says 201 or 204. Throws the DavError when the Request-URI or the
 * Destination itself was the obstacle and nothing was done; otherwise gives the 207 (RFC 4918 §9.6.1, §9.8.3, §9.9.2, §9.10.3).
 */
export function report(plan: Plan, result: Result, { base, handling }: Report): DavResponse | undefined {
  const [first] = result.failures;
  if (!first) return undefined;
  // Of a LOCK nothing counts as done but the lock: the empty file made for it is no part of a success.
  const nothing = result.done === 0 || ATOMIC.has(plan.verb);
  // The root of a lock that is released through a member of it is neither.
  const roots = [plan.root.path, ...(plan.target && plan.verb !== 'unlock' ? [plan.target.path] : [])];
  if (nothing && result.failures.every(({ ref }) => roots.includes(ref.path))) throw first.error;

  const { rows, asked } = handling;
  const all = rowsOf(plan, result);
  const body = rows === 'minimal' ? writeMultistatus(minimalRows(all, plan), base) : fullBody(all, plan.verb, result, base);
  // Nothing of LOCK and UNLOCK is done beside what failed, so that there is no row to add for who asks for every step.
  const applied = asked !== undefined && (rows === 'minimal' || !ATOMIC.has(plan.verb));
  return {
    status: 207,
    headers: { 'Content-Type': XML_TYPE, 'Cache-Control': 'no-cache', ...(applied && { 'Preference-Applied': asked }) },
    body: all.length <= AT_ONCE ? [...body].join('') : inPieces(body),
  };
}

const AT_ONCE = 500; // rows: an answer of up to some 200 KiB goes out in one piece

/** Others have their turn between two pieces, however fast the client takes them. */
async function* inPieces(body: Iterable<string>): AsyncGenerator<string> {
  for (const piece of body) {
    yield piece;
    await setImmediate();
  }
}

/** `return=minimal` leaves out the 424 rows, but for the Request-URI's of LOCK and UNLOCK (RFC 4918 §9.10.3), and all that is ours in the others. */
function minimalRows(rows: readonly Row[], { verb, root }: Plan): Row[] {
  return rows
    .filter((row) => !row.dependency || (ATOMIC.has(verb) && row.ref.path === root.path))
    .map(({ ref, status, condition }) => ({ ref, status, ...(condition && { condition }) }));
}

function fullBody(rows: readonly Row[], verb: Verb, { done, unnamed, notes }: Result, base: string): Iterable<string> {
  const shown = withoutDeepest(rows);
  const dependent = unnamed + rows.filter(({ dependency }) => dependency).length;
  const failed = rows.filter(({ dependency, status }) => !dependency && status >= 300).length;
  const left = rows.length - shown.length + unnamed + (notes?.more ?? 0);
  const counts = `${done} ${PAST[verb]}, ${failed} failed, ${dependent} not ${PAST[verb]} because of ${failed === 1 ? 'it' : 'them'}.`;
  return writeMultistatus(shown, base, left > 0 ? `${counts} ${left} rows were left out.` : counts);
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
