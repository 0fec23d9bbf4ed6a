// Opens the state of a served folder where the operator wants it, if it is safe there and no other server has it.
// Who else has it, three keepers know, each what the others cannot: in-process.ts the routers of this process, as only there
// readers must not stand beside writers (one process cannot open a database twice); presence.ts the other processes of this
// machine, from the start on and without a trace on the disk, with their URL; state/state-owner.ts whoever shares the folder,
// where nobody hears of anybody (another system, some containers), but not before the first write.
import { join, resolve } from 'node:path';
import { lmdbState } from '../state/lmdb.ts';
import { StateDamaged } from '../state/lmdb-file.ts';
import { servedElsewhere } from '../state/lmdb-served.ts';
import { memoryState } from '../state/memory.ts';
import type { State } from '../state/state.ts';
import { StateInUse } from '../state/state-owner.ts';
import { identityOf, isHidden, isServed, isThere, nameOfPlace, placeProblem, realPlace } from '../store/filesystem-folder.ts';
import { networkOf } from '../store/filesystem-network.ts';
import { servedHere } from './in-process.ts';
import { Mistake } from './mistake.ts';
import { announce, type Presence, Taken, type Warn } from './presence.ts';

export interface OpenState {
  readonly state: State;
  /** Where the server can be reached, for others that are told it is there. */
  listensAt(url: string): void;
  close(): Promise<void>;
}

interface Where {
  /** Absolute path of the folder that is served. */
  readonly root: string;
  /** `.dav207` in it when undefined. */
  readonly place: string | undefined;
  readonly readOnly: boolean;
  readonly warn: Warn;
}

/** Rejects with a Mistake. */
export async function openState({ root, place: chosen, readOnly, warn }: Where): Promise<OpenState> {
  const own = ownPlace(root);
  // Its own may be named by another path.
  const place = chosen === undefined || realPlace(chosen) === realPlace(own) ? own : resolve(chosen);
  if (isServed(place, root)) throw new Mistake(`--state ${place} lies in the folder that is served, where every client could read it.`);
  const network = networkOf(place);
  if (network !== undefined && !(readOnly && !isThere(place)))
    throw new Mistake(
      `${place} is on ${network}, where locks and properties could be damaged: keep them on a local disk with --state DIR.`,
    );
  for (const each of readOnly ? [] : new Set([own, place])) {
    const unmakeable = placeProblem(each);
    if (unmakeable === undefined) continue;
    const remedy = each === own ? 'move it away, or make a folder of it' : 'choose another folder';
    throw new Mistake(`${each === own ? '' : '--state '}${each} ${unmakeable}: ${remedy}.`);
  }
  if (readOnly && isHidden(place)) warn(`${place} may not be read by this user: locks and properties are not shown.`);
  const presence = readOnly ? undefined : await announceIn([own, place], root, warn);
  try {
    const served = identityOf(root);
    const other = own === place ? undefined : servedElsewhere(place, served);
    if (other) throw ofOther(place, root, other);
    const also = own === place ? {} : { also: own, shared: networkOf(own) !== undefined, served };
    const state = network === undefined ? await lmdbState(place, { readOnly, ...also }) : memoryState();
    return {
      state,
      listensAt(url) {
        if (presence) presence.url = url;
      },
      async close() {
        try {
          await state.close();
        } finally {
          presence?.end();
        }
      },
    };
  } catch (error) {
    presence?.end();
    if (error instanceof Mistake) throw error;
    if (error instanceof StateInUse) throw error.foreign === undefined ? inUse(error.folder, root, error) : new Mistake(error.message);
    throw cannotBeOpened(place, own, error as Error);
  }
}

function ownPlace(root: string): string {
  return join(root, '.dav207');
}

async function announceIn(places: readonly string[], root: string, warn: Warn): Promise<Presence> {
  const byName = new Map(places.map((place) => [nameOfPlace(place), place]));
  try {
    return await announce([...byName.keys()], warn);
  } catch (error) {
    throw error instanceof Taken ? inUse(byName.get(error.place) ?? root, root, error) : error;
  }
}

/** `place` is the folder's own, or the one that --state names. */
function inUse(place: string, root: string, { pid, url }: { readonly pid: number; readonly url?: string | undefined }): Mistake {
  const here = pid === process.pid;
  const who = `process ${pid}${url === undefined ? '' : ` at ${url}`}`;
  if (place === ownPlace(root)) return here ? servedHere(root) : new Mistake(`${root} is served by ${who} already: stop that one first.`);
  if (here)
    return new Mistake(`${place} is in use by another webdav() of this process: close() that one first, or give another state folder.`);
  return new Mistake(`--state ${place} is in use by ${who} already: stop that one first, or give another folder.`);
}

function ofOther(place: string, root: string, { path, record }: { readonly path: string; readonly record: string | undefined }): Mistake {
  const moved = record === undefined ? '' : `, or delete ${record} if that folder has become this one`;
  return new Mistake(`--state ${place} has the locks and properties of ${path}, not of ${root}: give another folder${moved}.`);
}

function cannotBeOpened(place: string, own: string, error: Error): Mistake {
  if (error instanceof StateDamaged)
    return new Mistake(`${error.file} is damaged: put back a copy of it, or move it away and start without locks and properties.`);
  const cause = error.cause instanceof Error ? error.cause : error;
  const { message, path } = cause as NodeJS.ErrnoException;
  // Uploads wait in the folder itself, wherever state is kept.
  if (path?.startsWith(own))
    return new Mistake(`${own} cannot be used (${message}): let this user write there, or serve with --read-only.`);
  return new Mistake(`locks and properties cannot be kept in ${place} (${message}): keep them elsewhere with --state DIR.`);
}
