// XML bodies of a hundred megabytes: refused at the limit, read to their end and not kept, and the next request on the connection is heard.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Besieged, besieged } from './besieged.ts';
import { converse } from './exchange.ts';
import { bytesOf } from './hostile.ts';
import { memory } from './sight.ts';

const MEGABYTE = 1024 * 1024;
const MEGABYTES = 100;
const KEPT = 50 * MEGABYTE; // garbage is collected when it is

let place: Besieged;
beforeAll(async () => {
  place = await besieged();
});
afterAll(() => place.close());

const request = (method: string, headers: readonly (readonly [string, string])[]) =>
  bytesOf({ method, target: '/a/f', headers, body: undefined, chunked: false }, place.port);

/** In chunks of no announced length, so that only what was read can tell how long it is. */
function* sent(piece: string): Generator<Buffer> {
  yield request('PROPFIND', [
    ['Content-Type', 'application/xml'],
    ['Transfer-Encoding', 'chunked'],
  ]);
  const block = Buffer.from(`<D:propfind xmlns:D="DAV:">${piece.repeat(Math.ceil(MEGABYTE / piece.length))}`).subarray(0, MEGABYTE);
  for (let done = 0; done < MEGABYTES; done++)
    yield Buffer.concat([Buffer.from(`${MEGABYTE.toString(16)}\r\n`), block, Buffer.from('\r\n')]);
  yield Buffer.from('0\r\n\r\n');
  yield request('GET', []);
}

test.each([
  ['elements in each other', '<a>'],
  ['elements side by side', '<D:getetag/>'],
  ['text', 'x'],
  ['one comment', '<!--x'],
  ['references', '&#60;'],
])('a hundred megabytes of %s', async (_what, piece) => {
  const before = memory();
  const heard = (await converse(place.port, sent(piece))).toString();
  expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
  expect(heard.endsWith('the file f')).toBe(true);
  expect(memory() - before).toBeLessThan(KEPT);
});
