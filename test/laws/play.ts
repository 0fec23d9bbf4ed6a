// Plays a scene on a fresh world, once through the dispatch, and says all that can be seen of it.

import { replay } from '../../src/operations/replay.ts';
import type { Path } from '../../src/protocol/path.ts';
import { memoryState } from '../../src/state/memory.ts';
import type { JournalRecord, State } from '../../src/state/state.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { STAGING } from '../../src/store/own-place.ts';
import type { Store } from '../../src/store/store.ts';
import type { Drawn } from '../scenarios/drawing.ts';
import { faultyStore, type Hit } from '../scenarios/faulty-store.ts';
import { lockInfo, makeWorld } from '../scenarios/world.ts';
import { type AnswerRow, bodyOf } from './answer-rows.ts';
import { pathOf, type Scene } from './scene.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';
import { type Call, watchedStore } from './watched-store.ts';

export const NOW = 1_000_000;

export interface Play {
  readonly scene: Scene;
  readonly before: Snapshot;
  /** After the next start, if anything was left to it. */
  readonly after: Snapshot;
  readonly status: number;
  readonly rows: readonly AnswerRow[];
  /** What the `DAV:error` of a plain failure names. */
  readonly named: readonly string[];
  /** What was thrown instead of an answer, or is wrong with the answer's shape. */
  readonly thrown: string | undefined;
  readonly hits: readonly Hit[];
  /** What the store carried out. */
  readonly calls: readonly Call[];
  /** What is left in the staging place. */
  readonly staged: readonly Path[];
  readonly unfinished: readonly JournalRecord[];
}

/** What there is before anything is asked: the same in every play of one scene. */
export async function beginning({ tree }: Scene): Promise<Snapshot> {
  const store = memoryStore();
  const state = memoryState();
  await plant(tree, store, state);
  return snapshotOf(store, state, NOW);
}

/** `more`: headers beside those of the scene. */
export async function play(drawn: Scene, before: Snapshot, more: Readonly<Record<string, string>> = {}): Promise<Play> {
  const scene: Scene = { ...drawn, asked: { ...drawn.asked, headers: { ...drawn.asked.headers, ...more } } };
  const store = memoryStore();
  const state = memoryState();
  await plant(scene.tree, store, state);
  const hits: Hit[] = [];
  const calls: Call[] = [];
  const faulty = scene.faults.length > 0 ? faultyStore(store, scene.faults, (hit) => hits.push(hit)) : store;
  const world = makeWorld({ store: watchedStore(faulty, calls), state, now: () => NOW });
  const { method, target, scope } = scene.asked;
  const headers = Object.fromEntries(Object.entries(scene.asked.headers).map(([name, value]) => [name, withTokens(value)]));
  const answer = await world.ask(method, target, { headers, ...(method === 'LOCK' && { body: lockInfo(scope) }) }).catch((error) => error);
  const failed = answer instanceof Error;
  const body = failed ? { rows: [], named: [] } : bodyOf(answer.text);
  const staged = await membersOf(store, STAGING);
  const unfinished = await state.unfinished();
  // What could not be put back is left to the next start.
  if (unfinished.length > 0) await replay({ store, state, warn: () => {} });
  return {
    scene,
    before,
    after: await snapshotOf(store, state, NOW, before),
    status: failed ? 0 : answer.status,
    ...body,
    thrown: failed ? (answer.stack ?? answer.message) : undefined,
    hits,
    calls,
    staged,
    unfinished,
  };
}

/** Make what is drawn, without a request for each: thousands of trees are made. */
export async function plant(tree: readonly Drawn[], store: Store, state: State): Promise<void> {
  for (const { href, content, property, locks } of tree) {
    const path = pathOf(href);
    const collection = href.endsWith('/');
    if (href !== '/') await (collection ? store.makeCollection(path) : store.write(path, bytesOf(content ?? '')));
    if (property !== undefined) {
      const xml = `<p xmlns="urn:t">${property}</p>`;
      await state.commit([{ do: 'set', path, properties: [{ namespace: 'urn:t', name: 'p', xml }] }]);
    }
    for (const { name, scope, depth, principal } of locks) {
      const held = { token: `urn:uuid:${name}`, root: path, collection, scope, owner: undefined, principal, expires: NOW * 2 };
      await state.addLock({ ...held, depth: depth === '0' ? 0 : depth }, () => false, NOW);
    }
  }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

export function withTokens(value: string): string {
  return value.replace(/<(L\d)>/g, '<urn:uuid:$1>');
}

async function membersOf(store: Store, path: Path): Promise<Path[]> {
  const found: Path[] = [];
  if (await store.stat(path)) for await (const batch of store.list(path)) found.push(...batch.map((member) => member.path));
  return found;
}
