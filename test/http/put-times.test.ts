// PUT with the time that a client says a file was last modified at, over real HTTP.
import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';

let served: Served;
const at = (path: string) => join(served.folder, path);

beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

describe('Z-mtime-a: X-OC-Mtime', () => {
  test.each([
    ['1000000000', 1_000_000_000_000],
    ['1000000000.25', 1_000_000_000_250],
    ['-1', -1000],
  ])('%s is when it was modified', async (value, modified) => {
    const reply = await served.ask('PUT', '/timed', { headers: { 'X-OC-Mtime': value }, body: value });
    expect([reply.headers['x-oc-mtime'], Math.floor(statSync(at('timed')).mtimeMs)]).toEqual(['accepted', modified]);
    expect(Date.parse(String(reply.headers['last-modified']))).toBe(Math.floor(modified / 1000) * 1000);
    expect((await served.ask('HEAD', '/timed')).headers.etag).toBe(reply.headers.etag);
  });

  // Most disks end before the year 9999 and begin after the year 1.
  test.each(['253402300799', '-62135596800', '4294967296'])('%s is accepted only where the disk has it', async (value) => {
    const reply = await served.ask('PUT', '/far', { headers: { 'X-OC-Mtime': value }, body: value });
    const has = Math.floor(statSync(at('far')).mtimeMs) === Number(value) * 1000;
    expect([reply.status < 300, reply.headers['x-oc-mtime']]).toEqual([true, has ? 'accepted' : undefined]);
  });

  test.each(['', 'soon', '1e9', '0x10', '99999999999999'])('%j is ignored', async (value) => {
    writeFileSync(at('untimed'), 'old');
    utimesSync(at('untimed'), 1e9, 1e9);
    const reply = await served.ask('PUT', '/untimed', { headers: { 'X-OC-Mtime': value }, body: 'new' });
    expect([reply.status, reply.headers['x-oc-mtime']]).toEqual([204, undefined]);
    expect(statSync(at('untimed')).mtimeMs).toBeGreaterThan(1.7e12);
  });
});
