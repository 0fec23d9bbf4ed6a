// The rows of a 207: a culprit with its own status, and 424 for what depended on one, naming its direct causes and the culprits behind.
import type { Dependency, Row } from '../protocol/multistatus.ts';
import { ancestorsOf, inOrder, isBelow, type Path, parentOf, type Ref } from '../protocol/path.ts';
import { reasonOf } from '../protocol/status.ts';
import type { CarriedOut } from './carried-out.ts';
import type { Failure } from './outcome.ts';
import type { Plan, Side, Verb } from './plan.ts';
import type { Result } from './run.ts';

/** Done whole or not at all, whatever the handling (RFC 4918 §9.10.3, §9.11). */
export const ATOMIC: ReadonlySet<Verb> = new Set<Verb>(['lock', 'unlock']);

/** Everything with a row on one side: culprits, what was skipped, and the ancestors of both up to the side's root. */
interface Trouble {
  readonly side: Side;
  /** In the order of rows. */
  readonly refs: readonly Ref[];
  /** The same, by path: what is to become a collection may still be a file. */
  readonly named: ReadonlyMap<Path, Ref>;
  readonly culprits: ReadonlyMap<Path, Failure>;
  readonly skipped: ReadonlySet<Path>;
  /** Of each collection, the internal members that have a row. */
  readonly members: ReadonlyMap<Path, readonly Ref[]>;
  /** Of each collection, the culprits below it. */
  readonly below: ReadonlyMap<Path, readonly Ref[]>;
}

/** The Request-URI's row first, then the source side, then the destination side, each parents first (one client stops at the first href). */
export function rowsOf(plan: Plan, result: Result): Row[] {
  const source = troubleOn('source', plan.root, result);
  const destination = plan.target && troubleOn('destination', plan.target, result);
  const aborted = result.aborted || ATOMIC.has(plan.verb);
  const rowOf = (ref: Ref, trouble: Trouble): Row => {
    const culprit = trouble.culprits.get(ref.path);
    if (culprit) return culpritRow(culprit);
    const dependency = dependencyOf(ref, trouble, ref.path === plan.root.path ? destination : undefined, aborted);
    const [first] = dependency.causes;
    const cause = first && (trouble.culprits.get(first.path) ?? destination?.culprits.get(first.path));
    return { ref, status: 424, dependency, description: sentence(plan.verb, dependency.causes, cause) };
  };
  return [source, destination].flatMap((trouble) => {
    const rows = trouble?.refs.map((ref) => rowOf(ref, trouble)) ?? [];
    return trouble && result.notes ? withCarriedOut(rows, trouble, result.notes.kept) : rows;
  });
}

/** What was not done in the end has that row, whatever became of the step before. */
function withCarriedOut(rows: readonly Row[], { side, named }: Trouble, kept: readonly CarriedOut[]): Row[] {
  const done = new Map<Path, Row>();
  for (const { ref, status, side: on } of kept) if (on === side && !named.has(ref.path)) done.set(ref.path, { ref, status });
  return inOrder([...rows, ...done.values()], ({ ref }) => ref.path);
}

function troubleOn(side: Side, root: Ref, result: Result): Trouble {
  const culprits = new Map<Path, Failure>();
  for (const failure of result.failures) {
    if (failure.side === side && !culprits.has(failure.ref.path)) culprits.set(failure.ref.path, failure);
  }
  const refs = new Map<Path, Ref>([...culprits].map(([path, { ref }]) => [path, ref]));
  const skipped = new Set<Path>();
  for (const { side: on, ref } of result.skipped) {
    if (on !== side || refs.has(ref.path)) continue;
    skipped.add(ref.path);
    refs.set(ref.path, ref);
  }
  for (const path of [...refs.keys()]) {
    for (let at = path; isBelow(at, root.path); ) {
      at = parentOf(at);
      if (refs.has(at)) break;
      refs.set(at, { path: at, collection: true });
    }
  }
  // The Request-URI always has a row: it is what the request was about.
  if (side === 'source' && !refs.has(root.path)) refs.set(root.path, root);
  const ordered = inOrder(refs.values(), ({ path }) => path);
  const failed = ordered.filter(({ path }) => culprits.has(path));
  // What holds a culprit is not done because of it, whatever else kept it from being attempted: causes lead downwards to one, and
  // never to a member that was skipped because of the collection itself.
  for (const { path } of failed) for (const above of ancestorsOf(path)) skipped.delete(above);
  return {
    side,
    refs: ordered,
    named: refs,
    culprits,
    skipped,
    members: grouped(ordered, ({ path }) => [parentOf(path)]),
    below: grouped(failed, ({ path }) => ancestorsOf(path)),
  };
}

function grouped(refs: readonly Ref[], keysOf: (ref: Ref) => readonly Path[]): Map<Path, Ref[]> {
  const groups = new Map<Path, Ref[]>();
  for (const ref of refs) {
    for (const key of keysOf(ref)) {
      const group = groups.get(key);
      if (group) group.push(ref);
      else groups.set(key, [ref]);
    }
  }
  return groups;
}

/** Down: what was skipped depends on the collection it is in. Up: a collection depends on those of its members that have a row. */
function dependencyOf(ref: Ref, trouble: Trouble, across: Trouble | undefined, aborted: boolean): Dependency {
  const { path } = ref;
  if (trouble.skipped.has(path)) {
    const parent = trouble.named.get(parentOf(path));
    return { outcome: aborted ? 'aborted' : 'skipped', causes: parent ? [parent] : [], roots: culpritAbove(path, trouble) };
  }
  // The trouble of the destination side reaches the Request-URI through the destination's root.
  const acrossRoots = [...(across?.culprits.values() ?? [])].map((failure) => failure.ref);
  return {
    outcome: aborted ? 'aborted' : 'incomplete',
    causes: [
      ...(trouble.members.get(path) ?? []).filter((member) => member.path !== path && !trouble.skipped.has(member.path)),
      ...(across?.refs.slice(0, 1) ?? []),
    ],
    roots: [...(trouble.below.get(path) ?? []), ...acrossRoots],
  };
}

function culpritAbove(path: Path, { culprits }: Trouble): Ref[] {
  const nearest = ancestorsOf(path).find((ancestor) => culprits.has(ancestor));
  const culprit = nearest && culprits.get(nearest);
  return culprit ? [culprit.ref] : [];
}

function culpritRow({ ref, error }: Failure): Row {
  return { ref, status: error.status, ...(error.condition && { condition: error.condition }), description: error.message };
}

export const PAST: Readonly<Record<Verb, string>> = {
  delete: 'deleted',
  copy: 'copied',
  move: 'moved',
  lock: 'locked',
  unlock: 'unlocked',
  write: 'written',
  create: 'created',
  change: 'changed',
};

function sentence(verb: Verb, [first, ...others]: readonly Ref[], cause: Failure | undefined): string {
  if (!first) return `Not ${PAST[verb]}.`;
  const status = cause ? ` (${cause.error.status} ${reasonOf(cause.error.status)})` : '';
  const more = others.length > 0 ? `, nor ${others.length} more` : '';
  return `Not ${PAST[verb]}, because ${nameInSentence(first)} was not ${PAST[verb]}${status}${more}.`;
}

function nameInSentence({ path, collection }: Ref): string {
  return collection && path !== '/' ? `${path}/` : path;
}
