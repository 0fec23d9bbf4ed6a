// MKCOL where no collection may be made: a plain refusal with its reason, and nothing is there afterwards.
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../src/protocol/path.ts';
import { readTree } from '../scenarios/drawing.ts';
import { faultyStore } from '../scenarios/faulty-store.ts';
import { makeWorld, through } from '../scenarios/world.ts';

const BODIES = [undefined, '<mkcol xmlns="DAV:"><set><prop><p xmlns="urn:t">1</p></prop></set></mkcol>'];

describe.each(BODIES)('D-09.3-f: MKCOL %s', (body) => {
  test.each<[string, number, string, string]>([
    ['where the store refuses', 403, '/c/new/', ''],
    ['where there is no room', 507, '/c/new/', '<D:sufficient-disk-space/>'],
    ['of a name of the server', 403, '/c/.dav207/', ''],
  ])('%s is %i', async (_why, status, target, condition) => {
    const world = makeWorld();
    await world.make(readTree(['/c/']));
    const faults = [
      { verb: 'makeCollection', at: '/new', status },
      { verb: 'rename', at: '', status }, // what has properties is made aside first
    ];
    const faulty = through(world, faultyStore(world.store, faults));
    const reply = await faulty.ask('MKCOL', target, body === undefined ? {} : { body });
    expect([reply.status, reply.kind]).toEqual([status, condition ? 'error' : '']);
    expect(reply.text).toContain(condition);
    expect([(await world.draw()).map(({ href }) => href), await world.context.state.recorded(ROOT)]).toEqual([['/c/'], []]);
  });
});
