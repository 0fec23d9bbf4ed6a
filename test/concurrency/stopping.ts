// A store or a state with a verb that does not go on before the test lets it.
import type { State } from '../../src/state/state.ts';
import type { Store } from '../../src/store/store.ts';

export interface Stopping<Verbs> {
  readonly verbs: Verbs;
  /** Resolves when the verb was called. */
  readonly stopped: Promise<void>;
  readonly go: () => void;
}

/** `at`: the path it is called for; for any, when there is none. */
export function stopping<Verbs extends Store | State>(verbs: Verbs, name: string, at?: string): Stopping<Verbs> {
  let stop = () => {};
  let go = () => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const gone = new Promise<void>((resolve) => (go = resolve));
  const verb = (verbs as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
  if (!verb) throw new Error(`there is no ${name}`);
  const waiting = async (...args: unknown[]) => {
    if (at !== undefined && args[0] !== at) return verb(...args);
    stop();
    await gone;
    return verb(...args);
  };
  return { verbs: { ...verbs, [name]: waiting }, stopped, go };
}

/** Every promise that can go on now has gone on: in memory nothing else is waited for. */
export function atRest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
