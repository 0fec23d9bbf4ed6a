// The content of an upload comes into its place: a small one at once, where the store can do that, any other by a rename of what is staged.
import type { Path } from '../protocol/path.ts';
import type { Hands } from './hands.ts';
import { done, type Outcome } from './outcome.ts';
import type { Action } from './plan.ts';

type Putting = Action & { do: 'put' };

export async function putFile(action: Putting, path: Path, hands: Hands): Promise<Outcome> {
  const { content, changes, attributes } = action;
  const { store, state } = hands.context;
  if (typeof content === 'string') return swapIn(content, action, path, hands);
  if (!attributes) {
    await state.own();
    const put = await store.put?.(path, content);
    if (put) return { ...done(1, ...changes), made: put.made };
  }
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
