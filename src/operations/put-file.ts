// The content of an upload comes into its place: a small one at once, where the store can do that, any other by a rename of what is staged.
import type { Path } from '../protocol/path.ts';
import type { Context } from './context.ts';
import type { Hands } from './hands.ts';
import type { Verdict } from './judge.ts';
import { done, type Outcome } from './outcome.ts';
import type { Action, Plan } from './plan.ts';

type Putting = Action & { do: 'put' };

/**
 * A small file that is all of a plan, with its properties: there is nothing to record beforehand, to put aside or to put back. undefined
 * for any other plan, and where the store does not do it, or not surely: then it is done step by step.
 */
export async function putAtOnce({ steps }: Plan, verdicts: readonly Verdict[], { store, state }: Context): Promise<Outcome | undefined> {
  const [only] = steps;
  if (!store.put || only?.action.do !== 'put' || steps.length > 1 || verdicts[0]?.may !== 'run') return undefined;
  const { content, changes, attributes } = only.action;
  if (typeof content === 'string' || attributes) return undefined;
  await state.own();
  const put = await store.put(only.source.path, content);
  if (!put) return undefined;
  if (changes.length > 0) await state.commit(changes);
  return { ...done(1, ...changes), made: put.made };
}

export async function putFile(action: Putting, path: Path, hands: Hands): Promise<Outcome> {
  const { content } = action;
  const { store } = hands.context;
  if (typeof content === 'string') return swapIn(content, action, path, hands);
  const { path: staged, identity } = await store.write(await hands.scratch.only(), chunk(content));
  const outcome = await swapIn(staged, action, path, hands);
  // It is done, whatever comes now, and another program may have put another there.
  const there = await store.stat(path).catch(() => undefined);
  return { ...outcome, made: there?.identity === identity ? there : undefined };
}

async function swapIn(staged: Path, { changes, attributes }: Putting, path: Path, { context }: Hands): Promise<Outcome> {
  if (attributes) await context.store.setAttributes(staged, attributes);
  await context.store.rename(staged, path);
  return done(1, ...changes);
}

async function* chunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
