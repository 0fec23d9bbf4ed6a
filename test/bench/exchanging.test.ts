// The load generator asks as often as it is told, over connections that end when the server likes, and tells a wrong answer.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { exchange } from './exchanging.ts';

let server: Server;
afterEach(() => void server.close());

async function serve(
  answer: (asked: string) => { status: number; headers?: Record<string, string> },
): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    const line = `${request.method} ${request.url} ${request.headers['lock-token'] ?? ''}`.trim();
    asked.push(line);
    const { status, headers } = answer(line);
    response.writeHead(status, headers).end(status === 204 ? undefined : 'text');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, asked };
}

const forever = new AbortController().signal;
const text = (line: string, more = '') => `${line} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;

test.each([{}, { connection: 'close' }])('each number is asked for once, with %j', async (headers) => {
  const { port, asked } = await serve(() => ({ status: 200, headers }));
  const steps = [{ text: text('GET /{n}'), expect: [200] }];
  const told = await exchange({ kind: 'exchanges', port, connections: 3, count: 20, first: 5, steps }, forever);
  expect(told).toMatchObject({ wrong: undefined });
  expect(told.turns).toHaveLength(20);
  expect(asked.sort()).toEqual(Array.from({ length: 20 }, (_, at) => `GET /${String(at + 5).padStart(7, '0')}`));
});

test('a step is taken with the token of the one before it', async () => {
  const { port, asked } = await serve((line) =>
    line.startsWith('LOCK') ? { status: 200, headers: { 'lock-token': '<t:1>' } } : { status: 204 },
  );
  const steps = [
    { text: text('LOCK /a'), expect: [200] },
    { text: text('UNLOCK /a', 'Lock-Token: <{token}>\r\n'), expect: [204] },
  ];
  await exchange({ kind: 'exchanges', port, connections: 1, count: 2, steps }, forever);
  expect(asked).toEqual(['LOCK /a', 'UNLOCK /a <t:1>', 'LOCK /a', 'UNLOCK /a <t:1>']);
});

test('an answer that is not as expected ends it', async () => {
  const { port, asked } = await serve((line) => ({ status: line.endsWith('2') ? 423 : 200 }));
  const steps = [{ text: text('GET /{n}'), expect: [200] }];
  const told = await exchange({ kind: 'exchanges', port, connections: 1, count: 10, steps }, forever);
  expect(told.wrong).toBe('423 to GET');
  expect(asked).toHaveLength(3);
});

test('without a number it goes on until it is told to stop', async () => {
  const stop = new AbortController();
  const { port, asked } = await serve(() => {
    if (asked.length === 7) stop.abort();
    return { status: 200 };
  });
  const told = await exchange({ kind: 'exchanges', port, connections: 1, steps: [{ text: text('GET /'), expect: [200] }] }, stop.signal);
  expect(told.wrong).toBeUndefined();
  expect(asked).toHaveLength(7);
});
