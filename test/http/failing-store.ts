// A store over the real one, each of whose verbs can be told to fail as the system does: by an errno, at every call or at one.
import { ROOT } from '../../src/protocol/path.ts';
import { asFailedReading } from '../../src/store/copy-failure.ts';
import { davErrorOf, type Naming } from '../../src/store/filesystem-errors.ts';
import type { Store } from '../../src/store/store.ts';

export type Verb = keyof typeof NAMING;

/** What the system says of a name that is not there means 404 for some verbs and 409 for others. */
const NAMING = {
  stat: 'existing',
  list: 'existing',
  read: 'existing',
  write: 'new',
  makeCollection: 'new',
  copyFile: 'new',
  copyPatched: 'new',
  remove: 'existing',
  rename: 'existing',
  obstacles: 'existing',
  setAttributes: 'existing',
  stage: 'new',
} as const satisfies Partial<Record<keyof Store, Naming>>;

const VERBS = Object.keys(NAMING) as Verb[];

export interface Fault {
  readonly verb: Verb;
  readonly code: string;
  /** Which of its calls fails, counted from 1; without it all of them. */
  readonly call?: number | undefined;
}

export interface FailingStore extends Store {
  /** From now on, with no call counted yet. */
  fail(fault?: Fault): void;
  /** How often each verb was called since. */
  readonly calls: ReadonlyMap<Verb, number>;
}

/** Whether the folder is there as a whole is another question than what fails in it: the root is always found. */
export function failingStore(store: Store): FailingStore {
  const calls = new Map<Verb, number>();
  let fault: Fault | undefined;
  const meet = (verb: Verb, path: string) => {
    const call = (calls.get(verb) ?? 0) + 1;
    calls.set(verb, call);
    if (fault?.verb !== verb || (fault.call ?? call) !== call || (verb === 'stat' && path === ROOT)) return;
    const { code } = fault;
    // As Node says it: with a place on the disk that no client may see.
    const error = davErrorOf(Object.assign(new Error(`${code}: no, ${verb} '/srv/secret${path}'`), { code }), NAMING[verb]);
    throw verb === 'copyFile' ? asFailedReading(error) : error;
  };
  const failing = Object.fromEntries(
    VERBS.filter((verb) => verb !== 'list' && verb !== 'read').map((verb) => [
      verb,
      async (...asked: unknown[]) => {
        const work = () => (store[verb] as (...asked: unknown[]) => Promise<unknown>)(...asked);
        // What is not there to be removed is gone: somebody else was there first.
        const gone = verb === 'remove' && fault?.code === 'ENOENT' && (await work().then(() => true));
        meet(verb, String(asked[0]));
        return gone ? undefined : work();
      },
    ]),
  );
  return {
    ...store,
    ...failing,
    // One by one, so that each call can be met.
    put: undefined,
    bulk: undefined,
    async *list(path, unnamed) {
      // A directory fails when it is opened, or when some of it has been read.
      for await (const batch of store.list(path, unnamed)) for (const member of batch) yield [member];
      meet('list', path);
    },
    async read(path) {
      const content = await store.read(path);
      try {
        meet('read', path);
      } catch (error) {
        await content.close();
        throw error;
      }
      return content;
    },
    calls,
    fail(asked) {
      calls.clear();
      fault = asked;
    },
  };
}
