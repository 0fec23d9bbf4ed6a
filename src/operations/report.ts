// Reports what became of a plan: nothing to say, one plain failure, or a 207 whose rows name each cause. The 424 policy lives here.
import type { DavResponse } from '../protocol/message.ts';
import { type Row, writeMultistatus, XML_TYPE } from '../protocol/multistatus.ts';
import { comparePaths, isBelow, type Path, parentOf, type Ref } from '../protocol/path.ts';
import type { Preferences } from '../protocol/prefer.ts';
import { reasonOf } from '../protocol/status.ts';
import type { Failure } from './outcome.ts';
import type { Plan, Side, Verb } from './plan.ts';
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
  if (result.done === 0 && result.failures.every(({ ref }) => ref.path === plan.root.path || ref.path === plan.target?.path))
    throw first.error;

  const minimal = preferences.return === 'minimal';
  const rows = rowsOf(plan, result).filter(
    (row) => !minimal || !row.dependency || (plan.verb === 'lock' && row.ref.path === plan.root.path),
  );
  const body = minimal ? writeMultistatus(rows.map(bare), base) : writeMultistatus(rows, base, summary(plan.verb, result, rows));
  return {
    status: 207,
    headers: { 'Content-Type': XML_TYPE, 'Cache-Control': 'no-cache', ...(minimal && { 'Preference-Applied': 'return=minimal' }) },
    body,
  };
}

/** `return=minimal` keeps the status and the RFC's own condition element. */
function bare({ ref, status, condition }: Row): Row {
  return { ref, status, ...(condition && { condition }) };
}

/** The Request-URI's row first, then the source side, then the destination side, each parents first (one client stops at the first href). */
export function rowsOf(plan: Plan, result: Result): Row[] {
  const sides: Side[] = ['source', 'destination'];
  const troubles = sides.map((side) => troubleOn(side, plan, result));
  const [source, destination] = troubles as [Trouble, Trouble];
  const roots = (trouble: Trouble) => [...trouble.culprits.values()].map(({ ref }) => ref);
  const rows: Row[] = [];
  for (const trouble of [source, destination]) {
    for (const ref of trouble.refs) {
      const culprit = trouble.culprits.get(ref.path);
      if (culprit) {
        rows.push(culpritRow(culprit));
        continue;
      }
      const causes = directCauses(ref, trouble);
      const behind = causes.skipped ? culpritAbove(ref, trouble) : roots(trouble).filter((root) => isBelow(root.path, ref.path));
      const isRoot = trouble === source && ref.path === plan.root.path;
      // The trouble of the destination side reaches the Request-URI through the destination's root.
      const across = isRoot && destination.refs.length > 0 && plan.target ? [destination.refs[0] ?? plan.target] : [];
      rows.push(
        dependentRow(plan.verb, ref, [...causes.refs, ...across], across.length > 0 ? [...behind, ...roots(destination)] : behind, {
          outcome: result.aborted || plan.verb === 'lock' ? 'aborted' : causes.skipped ? 'skipped' : 'incomplete',
          culprits: new Map([...source.culprits, ...destination.culprits]),
        }),
      );
    }
  }
  return rows;
}

/** Everything with a row on one side: culprits, what was skipped, and the ancestors of both up to the side's root. */
interface Trouble {
  readonly refs: readonly Ref[];
  readonly culprits: ReadonlyMap<Path, Failure>;
  readonly skipped: ReadonlySet<Path>;
}

function troubleOn(side: Side, plan: Plan, result: Result): Trouble {
  const root = side === 'source' ? plan.root : plan.target;
  const culprits = new Map<Path, Failure>();
  for (const failure of result.failures)
    if (failure.side === side && !culprits.has(failure.ref.path)) culprits.set(failure.ref.path, failure);
  const skipped = new Set<Path>();
  const refs = new Map<Path, Ref>([...culprits].map(([path, { ref }]) => [path, ref]));
  for (const { side: on, ref } of result.skipped) {
    if (on !== side || refs.has(ref.path)) continue;
    skipped.add(ref.path);
    refs.set(ref.path, ref);
  }
  if (root) {
    for (const path of [...refs.keys()]) {
      for (let at = path; isBelow(at, root.path); ) {
        at = parentOf(at);
        if (refs.has(at)) break;
        refs.set(at, { path: at, collection: true });
      }
    }
    // R4: the Request-URI always has a row.
    if (side === 'source' && !refs.has(root.path)) refs.set(root.path, root);
  }
  return { refs: [...refs.values()].sort((a, b) => comparePaths(a.path, b.path)), culprits, skipped };
}

/** Down: a skipped resource names its parent. Up: an ancestor names those of its internal members that have a row. */
function directCauses(ref: Ref, trouble: Trouble): { readonly refs: Ref[]; readonly skipped: boolean } {
  if (trouble.skipped.has(ref.path)) {
    return { refs: trouble.refs.filter(({ path }) => path === parentOf(ref.path)), skipped: true };
  }
  return { refs: trouble.refs.filter(({ path }) => path !== ref.path && parentOf(path) === ref.path), skipped: false };
}

function culpritAbove(ref: Ref, { culprits }: Trouble): Ref[] {
  for (let at = ref.path; ; at = parentOf(at)) {
    const culprit = culprits.get(at);
    if (culprit) return [culprit.ref];
    if (at === parentOf(at)) return [];
  }
}

function culpritRow({ ref, error }: Failure): Row {
  return { ref, status: error.status, ...(error.condition && { condition: error.condition }), description: error.message };
}

interface Dependence {
  readonly outcome: 'skipped' | 'incomplete' | 'aborted';
  readonly culprits: ReadonlyMap<Path, Failure>;
}

function dependentRow(verb: Verb, ref: Ref, causes: readonly Ref[], roots: readonly Ref[], { outcome, culprits }: Dependence): Row {
  const [first, ...others] = causes;
  const status = first && culprits.get(first.path)?.error.status;
  const because = first
    ? `, because ${nameInSentence(first)} was not ${PAST[verb]}${status ? ` (${status} ${reasonOf(status)})` : ''}${others.length > 0 ? `, nor ${others.length} more` : ''}`
    : '';
  return { ref, status: 424, dependency: { outcome, causes, roots }, description: `Not ${PAST[verb]}${because}.` };
}

const PAST: Readonly<Record<Verb, string>> = {
  delete: 'deleted',
  copy: 'copied',
  move: 'moved',
  lock: 'locked',
  write: 'written',
  create: 'created',
  change: 'changed',
};

function nameInSentence({ path, collection }: Ref): string {
  return collection && path !== '/' ? `${path}/` : path;
}

function summary(verb: Verb, result: Result, rows: readonly Row[]): string {
  const dependent = rows.filter((row) => row.dependency).length;
  return `${result.done} ${PAST[verb]}, ${rows.length - dependent} failed, ${dependent} not ${PAST[verb]} because of ${rows.length - dependent === 1 ? 'it' : 'them'}.`;
}

/** For plans of one step, or that only their first failure concerns: nothing but success or that failure. */
export function requireDone({ failures }: Result): void {
  const [first] = failures;
  if (first) throw first.error;
}
