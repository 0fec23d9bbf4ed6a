// Requests to servers that do not behave: there is always an answer, and an end.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { makeAsker } from './asking.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** What it says to whoever connects, before it hangs up; without words it says nothing and stays. */
async function startSaying(words?: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.unref();
    if (words !== undefined) socket.once('data', () => socket.end(words));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}

test.each([
  ['nothing at all', '', 0],
  ['no HTTP', 'hello\r\n\r\n', 0],
  ['a body cut short', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', 200],
  ['an answer without end', `HTTP/1.1 207 X\r\n\r\n${'x'.repeat(2_000_000)}`, 207],
])('%s', async (_name, words, status) => {
  expect(await makeAsker(undefined).ask('GET', await startSaying(words))).toMatchObject({ status });
});

test('no answer in time, and none is waited for after five', async () => {
  const url = await startSaying();
  const asker = makeAsker(undefined, { patience: 20 });
  const statuses = [];
  for (let times = 0; times < 8; times += 1) statuses.push((await asker.ask('GET', url)).status);
  expect({ statuses, sent: asker.sent() }).toEqual({ statuses: Array(8).fill(0), sent: 5 });
});

test('a limit of requests', async () => {
  const url = await startSaying('HTTP/1.1 204 X\r\n\r\n');
  const asker = makeAsker(undefined, { requests: 1 });
  const replies = [await asker.ask('GET', url), await asker.ask('GET', url)];
  expect(replies.map(({ status, text }) => [status, text])).toEqual([
    [204, ''],
    [0, 'the limit of 1 requests is reached'],
  ]);
});

test('what no header can hold is not sent', async () => {
  const url = await startSaying('HTTP/1.1 204 X\r\n\r\n');
  expect(await makeAsker(undefined).ask('DELETE', url, { headers: { if: '(<urn:\u20ac>)' } })).toMatchObject({ status: 0 });
});
