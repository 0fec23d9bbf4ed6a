// Strict handling (RFC 7240 §4.4): all or nothing, and the one refusal names everything that was in the way.
import { type Condition, DavError } from '../protocol/error.ts';
import { inOrder, type Path, type Ref } from '../protocol/path.ts';
import type { Verdict } from './judge.ts';
import type { Failure } from './outcome.ts';
import type { Side } from './plan.ts';

/** Throws what refuses some step of a plan that is to be done whole or not at all. */
export function requireAll(verdicts: readonly Verdict[]): void {
  requireNone(verdicts.flatMap((verdict) => (verdict.may === 'fail' ? verdict.failures : [])));
}

/** The same of what failed before anything was changed, or was undone: with the status of the first. */
export function requireNone(found: readonly Failure[]): void {
  const failures = inRowOrder(found);
  const [first] = failures;
  if (!first) return;
  const { status, message, headers } = first.error;
  // RFC 4918 §16: a condition goes with the status that it explains.
  const [condition, ...others] = conditionsOf(failures.filter(({ error }) => error.status === status));
  const named = new Set([condition, ...others].flatMap((each) => each?.refs?.map(({ path }) => path) ?? []));
  const causes = onceEach(failures.map(({ ref }) => ref)).filter(({ path }) => !named.has(path));
  throw new DavError(status, `Nothing was changed, because not all of it may be. ${message}`, {
    headers,
    cause: first.error,
    ...(condition && { condition }),
    others,
    causes,
  });
}

/** As the rows of a 207 would come: the source side first, parents before members. */
function inRowOrder(failures: readonly Failure[]): Failure[] {
  const on = (side: Side) => failures.filter((failure) => failure.side === side);
  return [...inOrder(on('source'), ({ ref }) => ref.path), ...inOrder(on('destination'), ({ ref }) => ref.path)];
}

/** Each condition once, with all the resources that it is about. */
function conditionsOf(failures: readonly Failure[]): Condition[] {
  const refs = new Map<Condition['name'], Ref[]>();
  for (const { error } of failures) {
    if (!error.condition) continue;
    const { name, refs: more = [] } = error.condition;
    const known = refs.get(name);
    if (known) for (const ref of more) known.push(ref);
    else refs.set(name, [...more]);
  }
  return Array.from(refs, ([name, named]) => ({ name, refs: onceEach(named) }));
}

function onceEach(refs: readonly Ref[]): Ref[] {
  return [...new Map<Path, Ref>(refs.map((ref) => [ref.path, ref])).values()];
}
