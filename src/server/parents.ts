// The collections above a mount path: a small tree of their own, in memory, with nothing in it but the way down to the mount.
import type { Express } from 'express';
import { DEFAULTS } from '../operations/context.ts';
import { Digests } from '../operations/digests.ts';
import { Gate } from '../operations/gate.ts';
import { ancestorsOf, parseTarget, ROOT } from '../protocol/path.ts';
import { memoryState } from '../state/memory.ts';
import { memoryStore } from '../store/memory.ts';
import { router, type Serving } from './dav.ts';
import type { Service } from './service.ts';

/**
 * Answer for every proper ancestor of `base`. Windows sends OPTIONS to the root of a server and PROPFIND to each level of a
 * path before it opens the last, and calls the network path not found after an error; gvfs asks upwards too. Collections that
 * can be read and not written are honest about it: class 1, and a password where one is needed (RFC 4918 §10.1, §5.2).
 */
export function serveParents(app: Express, base: string, serving: Serving): void {
  const names = base.split('/').filter(Boolean);
  if (names.length === 0) return;
  const parents = router(readOnlyPath(base), serving);
  app.all(
    names.map((_name, index) => `/${names.slice(0, index).join('/')}`),
    parents,
  );
}

/** A read-only tree in which there is the collection at `base`, and what is above it. */
async function readOnlyPath(base: string): Promise<Service> {
  const store = memoryStore();
  const mount = parseTarget(base)?.path ?? ROOT;
  for (const path of [mount, ...ancestorsOf(mount)].reverse()) if (path !== ROOT) await store.makeCollection(path);
  const state = memoryState();
  const options = { ...DEFAULTS, readOnly: true };
  return {
    context: { store, state, gate: new Gate(), digests: new Digests(), options, now: Date.now, warn: () => {} },
    listensAt: () => {},
    close: () => state.close(),
  };
}
