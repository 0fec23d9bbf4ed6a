// Random scenes: a tree with its locks, a request on some of it with some of the tokens, and faults of the store on the way.
import fc from 'fast-check';
import { ancestorsOf, childOf, hrefOf, type Path, parentOf } from '../../src/protocol/path.ts';
import type { Drawn } from '../scenarios/drawing.ts';
import type { Fault } from '../scenarios/scenario.ts';
import { names, ONE, onOtherSide, somewhere, trees } from './random-tree.ts';
import { type Asked, type MethodName, pathOf, type Scene } from './scene.ts';

/** EACCES, EBUSY, EIO, ENOENT and ENOSPC, as the store tells them. */
const STATUSES = [403, 403, 500, 404, 507];
/** What changes the tree more often than what only looks: of that, one that fails mostly stops the request before it begins. */
const CHANGING = ['remove', 'remove', 'rename', 'renameTo', 'renameTo', 'copyFile', 'copyFileTo', 'makeCollection'];
const VERBS = [...CHANGING, ...CHANGING, 'list', 'list', 'stat', 'writable', 'obstacles', 'stage'];
/** Told by the end of a path, which is met where a copy is built aside as well. */
const ends: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('/a', '/a0', '/new') },
  { weight: 5, arbitrary: names.map((name) => `/${name}`) },
  { weight: 5, arbitrary: fc.tuple(names, names).map(([above, name]) => `/${above}/${name}`) },
  { weight: 1, arbitrary: fc.constantFrom('/0', '/1', '-aside-0', '-aside-1') },
);

const fault: fc.Arbitrary<Fault> = fc
  .record({
    verb: fc.constantFrom(...VERBS),
    at: ends,
    status: fc.constantFrom(...STATUSES),
    call: fc.constantFrom(undefined, undefined, 1, 2, 3),
  })
  .map(({ verb, at, status, call }) => ({
    verb,
    at,
    status: status === 404 ? missing(verb) : status,
    ...(call !== undefined && { call }),
  }));

/** What is made, or is given a new name, cannot be missing. */
function missing(verb: string): number {
  return ['makeCollection', 'renameTo', 'copyFileTo', 'stage'].includes(verb) ? 403 : 404;
}

interface RawRequest {
  /** Where nothing is there, what it would be in is meant. */
  readonly target: Path;
  readonly to: 'twin' | 'mapped' | 'new' | 'inside' | 'self' | 'above';
  readonly other: Path;
  readonly lock: number;
  readonly depth: string | undefined;
  readonly overwrite: string | undefined;
  readonly scope: 'exclusive' | 'shared';
  readonly submitted: readonly boolean[];
}

const request: fc.Arbitrary<RawRequest> = fc.record({
  target: fc.oneof({ weight: 4, arbitrary: fc.constant(ONE) }, { weight: 1, arbitrary: somewhere }),
  to: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('twin', 'twin', 'new', 'mapped') },
    { weight: 1, arbitrary: fc.constantFrom('inside', 'self', 'above') },
  ),
  other: somewhere,
  lock: fc.nat(8),
  depth: fc.constantFrom(undefined, undefined, 'infinity', '0'),
  overwrite: fc.constantFrom(undefined, undefined, undefined, 'T', 'T', 'F'),
  scope: fc.constantFrom('exclusive', 'shared'),
  submitted: fc.oneof(fc.array(fc.boolean(), { maxLength: 5 }), fc.constant(Array(9).fill(true))),
});

export function scenes(method: MethodName): fc.Arbitrary<Scene> {
  return fc
    .tuple(trees, request, fc.array(fault, { maxLength: 3 }))
    .map(([tree, raw, faults]) => sceneOf(method, tree, raw, faults))
    .filter(({ asked }) => method !== 'UNLOCK' || asked.headers['lock-token'] !== undefined);
}

function sceneOf(method: MethodName, tree: readonly Drawn[], raw: RawRequest, faults: readonly Fault[]): Scene {
  const target = nearest(tree, raw.target);
  const to = destinationOf(method, tree, pathOf(target.href), raw);
  const locks = tree.flatMap(({ href, locks: held }) => held.map((lock) => ({ ...lock, href })));
  const submitted = locks.filter((_, index) => raw.submitted[index]).map(({ href, name }) => `<${href}> (<${name}>)`);
  const release = locks[raw.lock % locks.length];
  const headers = Object.entries({
    destination: to && hrefOf({ path: to, collection: target.href.endsWith('/') }),
    depth: method === 'COPY' || (method === 'LOCK' && raw.depth === '0') ? raw.depth : undefined,
    overwrite: to && raw.overwrite,
    if: submitted.length > 0 ? submitted.join(' ') : undefined,
    'lock-token': method === 'UNLOCK' ? release && `<${release.name}>` : undefined,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  // Mostly a lock is released where it was taken.
  const at = method === 'UNLOCK' && release && raw.to !== 'mapped' ? release.href : target.href;
  const asked: Asked = { method, target: at, headers: Object.fromEntries(headers), scope: raw.scope };
  return { tree, faults, asked };
}

function destinationOf(method: MethodName, tree: readonly Drawn[], target: Path, { to, other }: RawRequest): Path | undefined {
  if (method !== 'COPY' && method !== 'MOVE') return undefined;
  const chosen = nearest(tree, other);
  const collection = chosen.href.endsWith('/') ? pathOf(chosen.href) : parentOf(pathOf(chosen.href));
  const twin = onOtherSide(target);
  return {
    twin: twin === target ? childOf(collection, 'new') : twin,
    mapped: pathOf(chosen.href),
    new: childOf(collection, 'new'),
    inside: childOf(target, 'new'),
    self: target,
    above: parentOf(target),
  }[to];
}

/** What is at `path`, or the nearest it would be in. */
function nearest(tree: readonly Drawn[], path: Path): Drawn {
  const there = new Map(tree.map((drawn) => [pathOf(drawn.href), drawn]));
  const found = [path, ...ancestorsOf(path)].flatMap((each) => there.get(each) ?? [])[0];
  if (!found) throw new Error('a tree has a root');
  return found;
}
