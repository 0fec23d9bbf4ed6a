// What every method works with besides its request: the store, the state, the gate, and what the operator chose.
import type { State } from '../state/state.ts';
import type { Store } from '../store/store.ts';
import type { Digests } from './digests.ts';
import type { Gate } from './gate.ts';

export interface Options {
  readonly readOnly: boolean;
  /** Whether PROPFIND may walk a whole tree (RFC 4918 §9.1.1 lets us refuse). */
  readonly depthInfinity: boolean;
  /** Whether PROPPATCH may set `getlastmodified` (RFC 4918 §15.7 would rather have it protected). */
  readonly setModified: boolean;
  /** Whether a browser may run the scripts of a file. */
  readonly runScripts: boolean;
  /** How a request on a collection is handled whose client says nothing of it. */
  readonly handling: 'strict' | 'lenient';
  /** Which rows a 207 of a write has when its client says nothing: `minimal` leaves the 424 rows out. */
  readonly rows: 'minimal' | 'all';
  /** Seconds: what a lock gets when the client asks for nothing, and the most it can have. */
  readonly lockTimeout: { readonly fallback: number; readonly most: number };
  /** How deep a request may nest collections, and how deep PROPFIND looks. */
  readonly depthLimit: number;
  /** Bytes of the body of an upload. */
  readonly bodyLimit: number;
  /** Bytes of an XML body. */
  readonly xmlLimit: number;
}

export const DEFAULTS: Options = {
  readOnly: false,
  depthInfinity: false,
  setModified: false,
  runScripts: false,
  handling: 'lenient',
  rows: 'all',
  lockTimeout: { fallback: 3600, most: 86_400 },
  depthLimit: 256,
  bodyLimit: Number.POSITIVE_INFINITY,
  xmlLimit: 1024 * 1024,
};

export interface Context {
  readonly store: Store;
  readonly state: State;
  readonly gate: Gate;
  readonly digests: Digests;
  readonly options: Options;
  /** Milliseconds since 1970. Time comes in here, so that a test can turn it. */
  readonly now: () => number;
  /** For what an operator should know and no client may: a sentence and what happened. */
  readonly warn: (sentence: string, cause: unknown) => void;
}

/** What of it answers the questions that a request is judged by before anything is planned. A context is one. */
export interface Looking extends Pick<Context, 'state' | 'now'> {
  readonly store: Pick<Store, 'stat'>;
}
