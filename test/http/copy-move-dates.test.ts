// What COPY and MOVE leave of creationdate and displayname.
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { textOf } from '../../src/protocol/xml-element.ts';
import { onlyRow, propertyIn } from './multistatus-reader.ts';
import { find, patch, prop, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const born = (path: string) => statSync(join(served.folder, path)).birthtimeMs;
const inSeconds = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
const send = (method: string, from: string, to: string) => served.ask(method, from, { headers: { Destination: to } });

async function found(target: string): Promise<string[]> {
  const row = onlyRow(await find(served, target, prop('<D:creationdate/><D:displayname/>')));
  return ['creationdate', 'displayname'].map((name) => textOf(propertyIn(row, 'DAV:', name)));
}

/** A file system's clock ticks every few milliseconds: what is made after this is younger than `time`. */
function waitForTick(time: number): void {
  const probe = join(served.folder, 'probe');
  for (let youngest = time; youngest <= time; rmSync(probe)) {
    writeFileSync(probe, '');
    youngest = born('probe');
  }
}

test('D-09.8.2-b, D-09.9.1-b: COPY gives a creationdate of its own, MOVE keeps it, also over what was there', async () => {
  await served.ask('PUT', '/f', { body: 'f' });
  await patch(served, '/f', set('<D:displayname>Eff</D:displayname>'));
  const original = born('f');
  waitForTick(original);
  expect((await send('COPY', '/f', '/copy')).status).toBe(201);
  expect([await found('/copy'), born('copy') > original]).toEqual([[inSeconds(born('copy')), 'Eff'], true]);
  for (const [from, to] of [
    ['/f', '/moved'],
    ['/moved', '/copy'],
  ] as const) {
    await send('MOVE', from, to);
    expect([await found(to), born(to)]).toEqual([[inSeconds(original), 'Eff'], original]);
  }
});
