// What LOCK leaves when the store or the state fails under it, and who may take a lock for gone.
import { describe, expect, test } from '@jest/globals';
import { forgetFallen, locksIn, locksOn } from '../../src/operations/admission.ts';
import { DavError } from '../../src/protocol/error.ts';
import { type Path, ROOT } from '../../src/protocol/path.ts';
import { memoryState } from '../../src/state/memory.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { flatten, readTree } from '../scenarios/drawing.ts';
import { faultyStore } from '../scenarios/faulty-store.ts';
import { lockInfo, makeWorld, through } from '../scenarios/world.ts';

const PATCH = '<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t"/></prop></set></propertyupdate>';

async function staged(store: ReturnType<typeof memoryStore>): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of store.list('/.dav207/tmp' as Path)) found.push(...batch.map(({ path }) => path));
  return found;
}

describe('LOCK on an unmapped URL', () => {
  test('that the store refuses leaves no file, no lock and nothing staged', async () => {
    const world = makeWorld();
    const store = world.store as ReturnType<typeof memoryStore>;
    const refused = await through(world, faultyStore(store, [{ verb: 'rename', at: '', status: 403 }])).ask('LOCK', '/f', {
      body: lockInfo(),
    });
    expect([refused.status, refused.headers['Lock-Token']]).toEqual([403, undefined]);
    expect({ tree: await world.draw(), recorded: await world.context.state.recorded(ROOT), staged: await staged(store) }).toEqual({
      tree: [],
      recorded: [],
      staged: [],
    });
  });

  test('that the state has no room for is a plain failure without a token, and leaves no file', async () => {
    const full = async () => {
      throw new DavError(507, 'No room.', { condition: { name: 'sufficient-disk-space' } });
    };
    const store = memoryStore();
    const world = makeWorld({ store, state: { ...memoryState(), addLock: full } });
    const refused = await world.ask('LOCK', '/f', { body: lockInfo() });
    expect([refused.status, refused.headers['Lock-Token']]).toEqual([507, undefined]);
    expect(refused.text).toContain('<D:sufficient-disk-space/>');
    expect([await staged(store), await world.draw()]).toEqual([[], []]);
  });
});

describe('UNLOCK', () => {
  test('D-09.11-f: that the state cannot carry out leaves the lock on every resource', async () => {
    const removeLock = async () => {
      throw new DavError(507, 'No room.', { condition: { name: 'sufficient-disk-space' } });
    };
    const world = makeWorld();
    await world.make(readTree(['/u/ [L1]', '  m/', '    f', '  private/']));
    const token = world.tokens.get('L1');
    const failing = makeWorld({ store: world.store, state: { ...world.context.state, removeLock } });
    const refused = await failing.ask('UNLOCK', '/u/m/f', { headers: { 'lock-token': `<${token}>` } });
    expect([refused.status, refused.kind]).toEqual([207, 'multistatus']);
    expect(refused.text).toMatch(/<D:href>\/u\/<\/D:href><D:status>HTTP\/1\.1 507 .*<D:sufficient-disk-space\/>/);
    const direct = await failing.ask('UNLOCK', '/u/', { headers: { 'lock-token': `<${token}>` } });
    expect([direct.status, direct.kind]).toEqual([507, 'error']);
    for (const path of ['/u', '/u/m', '/u/m/f', '/u/private']) {
      expect([path, (await locksOn(path as Path, world.context)).map((lock) => lock.token)]).toEqual([path, [token]]);
      expect([path, (await world.ask('PROPPATCH', path, { body: PATCH })).status]).toEqual([path, 423]);
    }
  });
});

describe('a lock whose root is not there', () => {
  test('is none to a reader, but only a writer under the gate forgets it: the root may be gone for the moment of a swap', async () => {
    const world = makeWorld();
    const { store, context } = world;
    await world.make(readTree(['/d/ [L1]', '  x']));
    await store.rename('/d' as Path, '/e' as Path);
    expect([await locksOn('/d/x' as Path, context), await locksIn('/d' as Path, context)]).toEqual([[], []]);
    await world.ask('GET', '/e/x', { headers: { if: `</d/x> (Not <${world.tokens.get('L1')}>)` } });
    await store.rename('/e' as Path, '/d' as Path);
    expect(flatten(await world.draw(), { contents: false })).toEqual(['/d/ [L1]', '/d/x']);

    await store.rename('/d' as Path, '/e' as Path);
    await forgetFallen(['/d/y' as Path], context); // a lock above counts too
    await store.rename('/e' as Path, '/d' as Path);
    expect(flatten(await world.draw(), { contents: false })).toEqual(['/d/', '/d/x']);
  });
});
