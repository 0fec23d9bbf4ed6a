// DELETE where the state takes no more: it is what makes room, so it is done, and what the state still holds catches hold of nothing.
import { describe, expect, test } from '@jest/globals';
import { replay } from '../../src/operations/replay.ts';
import { ROOT } from '../../src/protocol/path.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { makeWorld } from '../scenarios/world.ts';
import { tightState } from './tight-state.ts';

const TREE = ['/c/ {c}', '  a (a) {a} [L1]', '  sub/', '    b (b) {b}', '/other (other) {o}'];

async function open() {
  const { state, room } = tightState();
  const store = memoryStore();
  const world = makeWorld({ store, state });
  await world.make(readTree(TREE));
  return { world, store, state, room };
}

describe.each(['lenient', 'strict'])('%s', (handling) => {
  test.each([0, 1])('with room for %i transactions more', async (left) => {
    const { world, store, state, room } = await open();
    const remove = () =>
      world.ask('DELETE', '/c/', { headers: { if: `</c/a> (<${world.tokens.get('L1')}>)`, prefer: `handling=${handling}` } });
    room.left = left;
    expect((await remove()).status).toBe(204);
    expect(flatten(await world.draw(), { contents: true })).toEqual(['/other (other) {o}']);
    expect((await remove()).status).toBe(404);
    expect((await world.ask('GET', '/c/a')).status).toBe(404);
    // Where nothing can be forgotten, nothing is made that it would catch hold of.
    expect((await world.ask('MKCOL', '/c/')).status).toBe(507);
    room.left = Number.POSITIVE_INFINITY;
    await world.make(readTree(['/c/', '  a (new)', '  sub/', '    b (new)']));
    const after = ['/c/', '/c/a (new)', '/c/sub/', '/c/sub/b (new)', '/other (other) {o}'];
    expect(flatten(await world.draw(), { contents: true })).toEqual(after);
    await replay({ store, state, warn: () => {} });
    expect(flatten(await world.draw(), { contents: true })).toEqual(after);
    expect([await state.recorded(ROOT), await state.unfinished()]).toEqual([['/other'], []]);
  });

  test('what has no state needs none', async () => {
    const { world, room } = await open();
    await world.make(readTree(['/plain/', '  f (f)']));
    room.left = 0;
    expect((await world.ask('DELETE', '/plain/', { headers: { prefer: `handling=${handling}` } })).status).toBe(204);
  });
});
