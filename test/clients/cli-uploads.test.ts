// A large upload costs the server no looking through all of its memory, again and again.
import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from '@jest/globals';
import { inOtherSystem, operator } from './operator.ts';

const at = operator();
const MEBIBYTE = Buffer.alloc(1 << 20);

const COUNTING = inOtherSystem(`
  import { constants, PerformanceObserver } from 'node:perf_hooks';
  let whole = 0;
  const take = (all) => all.getEntries().forEach(({ detail }) => (whole += detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR));
  new PerformanceObserver(take).observe({ entryTypes: ['gc'] });
  process.on('exit', () => console.log('looked through ' + whole + ' times'));
`);

async function put(url: string, mebibytes: number): Promise<void> {
  const asked = request(url, { method: 'PUT', headers: { 'Content-Length': mebibytes * MEBIBYTE.length } });
  const answered = once(asked, 'response');
  for (let sent = 0; sent < mebibytes; sent++) if (!asked.write(MEBIBYTE)) await once(asked, 'drain');
  asked.end();
  const [answer] = await answered;
  expect([201, 204]).toContain(answer.statusCode);
  answer.resume();
}

/** How often that is while so many uploads of so many MiB come, one after the other. */
async function looks(uploads: number, mebibytes: number): Promise<number> {
  const server = await at.serve(COUNTING);
  for (let number = 0; number < uploads; number++) await put(`${server.url}large`, mebibytes);
  await server.end();
  return Number(/looked through (\d+) times/.exec(server.stdout())?.[1]);
}

test('half as often as small ones of as many bytes at most', async () => {
  const [small, large] = [(await looks(2_048, 1)) / 4, await looks(1, 512)];
  expect(large).toBeLessThanOrEqual(small / 2);
});
