// All that a store and a state hold at one moment: resources, contents, dead properties and locks.
import { compareNames, hrefOf, nameOf, type Path, parentOf, ROOT } from '../../src/protocol/path.ts';
import type { Lock, State } from '../../src/state/state.ts';
import type { Resource, Store } from '../../src/store/store.ts';
import type { Drawn } from '../scenarios/drawing.ts';

export interface Seen {
  readonly path: Path;
  readonly collection: boolean;
  readonly content: string | undefined;
  readonly property: string | undefined;
  readonly identity: string;
}

export interface Snapshot {
  readonly resources: ReadonlyMap<Path, Seen>;
  readonly locks: readonly Lock[];
  /** The paths that state knows something of. */
  readonly recorded: readonly Path[];
}

/** `earlier`: a file that was there then has the content it had, for no store changes one in place. */
export async function snapshotOf(store: Store, state: State, now: number, earlier?: Snapshot): Promise<Snapshot> {
  const recorded = await state.recorded(ROOT);
  const properties = new Map<Path, string | undefined>();
  for (const path of recorded) properties.set(path, textOf((await state.properties(path))[0]?.xml));
  const contents = new Map([...(earlier?.resources.values() ?? [])].map(({ identity, content }) => [identity, content]));
  const resources = new Map<Path, Seen>();
  const look = async (resource: Resource): Promise<void> => {
    const { path, collection } = resource;
    const identity = numberOf(resource.identity);
    const content = collection ? undefined : (contents.get(identity) ?? (await contentOf(store, path)));
    resources.set(path, { path, collection, content, property: properties.get(path), identity });
    if (collection) for await (const batch of store.list(path)) for (const member of batch) await look(member);
  };
  const root = await store.stat(ROOT);
  if (root) await look(root);
  return { resources, locks: [...(await state.locksOn(ROOT, now)), ...(await state.locksBelow(ROOT, now))], recorded };
}

/** Two worlds made alike count their resources alike; which world it is does not matter here. */
function numberOf(identity: string): string {
  return identity.slice(identity.lastIndexOf(':'));
}

function textOf(xml: string | undefined): string | undefined {
  return xml && />([^<]*)</.exec(xml)?.[1];
}

async function contentOf(store: Store, path: Path): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await store.read(path)).bytes()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The first thing in which two snapshots differ, as a line for each; undefined when they say the same. `but`: what does not count. */
export function difference(one: Snapshot, other: Snapshot, but: (path: Path) => boolean = () => false): string | undefined {
  const there = linesOf(one, but);
  const here = linesOf(other, but);
  const gone = [...there].find((line) => !here.has(line));
  const come = [...here].find((line) => !there.has(line));
  return gone === undefined && come === undefined ? undefined : `${gone ?? 'nothing'} became ${come ?? 'nothing'}`;
}

function linesOf({ resources, locks }: Snapshot, but: (path: Path) => boolean): Set<string> {
  const lines = new Set<string>();
  for (const seen of resources.values()) if (!but(seen.path)) lines.add(said(seen));
  for (const { root, token, depth, scope } of locks) if (!but(root)) lines.add(`lock ${token} ${scope} ${depth} on ${root}`);
  return lines;
}

export function said({ path, collection, content, property }: Seen): string {
  return `${hrefOf({ path, collection })} (${content ?? ''}) {${property ?? ''}}`;
}

/** As a drawing, in the order of rows. */
export function drawingOf({ resources, locks }: Snapshot): Drawn[] {
  const drawn: Drawn[] = [];
  const draw = (path: Path): void => {
    const seen = resources.get(path);
    if (!seen) return;
    const held = locks.filter(({ root }) => root === path);
    const named = held.map(({ token, scope, depth, principal }) => ({
      name: nameOfLock(token),
      scope,
      depth: depth === 0 ? ('0' as const) : depth,
      principal,
    }));
    drawn.push({ href: hrefOf(seen), content: seen.content, property: seen.property, locks: named });
    const members = [...resources.keys()].filter((each) => each !== ROOT && parentOf(each) === path);
    for (const member of members.sort((a, b) => compareNames(nameOf(a), nameOf(b)))) draw(member);
  };
  draw(ROOT);
  return drawn;
}

/** Locks of the drawing have their name as their token. */
export function nameOfLock(token: string): string {
  return /^urn:uuid:(L\d)$/.exec(token)?.[1] ?? 'new';
}
