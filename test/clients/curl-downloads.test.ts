// curl: downloads, whole and in parts, and the conditions on them.
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { curl } from './curl.ts';
import { desk } from './desk.ts';
import { run } from './program.ts';

const MIB = 1024 * 1024;
const at = desk();

describe('downloads', () => {
  const text = 'abcdefghijklmnopqrstuvwxyz';
  let url: string;
  beforeEach(async () => {
    await at.put('abc.txt', text);
    url = `${at.work}abc.txt`;
  });

  test.each([
    ['0-4', 'abcde', 'bytes 0-4/26'],
    ['20-', 'uvwxyz', 'bytes 20-25/26'],
    ['-3', 'xyz', 'bytes 23-25/26'],
    ['24-99', 'yz', 'bytes 24-25/26'],
  ])('-r %s', async (range, part, contentRange) => {
    const { status, headers, body } = await curl(['-r', range, url]);
    expect({ status, body, range: headers['content-range'] }).toEqual({ status: 206, body: part, range: contentRange });
    expect(headers['content-length']).toBe(String(part.length));
  });

  test('-r with several parts', async () => {
    const { status, headers, body } = await curl(['-r', '0-1,10-12,-1', url]);
    expect(status).toBe(206);
    const boundary = /^multipart\/byteranges; boundary="?([^"]+)"?$/.exec(headers['content-type'] ?? '')?.[1] ?? 'none';
    const parts = body.split(`--${boundary}`).slice(1, -1);
    expect(parts.map((part) => part.trimEnd().split('\r\n\r\n')[1])).toEqual(['ab', 'klm', 'z']);
    expect(parts.map((part) => /Content-Range: (.*)/i.exec(part)?.[1]?.trim())).toEqual([
      'bytes 0-1/26',
      'bytes 10-12/26',
      'bytes 25-25/26',
    ]);
    expect(body).toMatch(new RegExp(`--${boundary}--(\r\n)?$`));
    expect(headers['content-length']).toBe(String(body.length));
  });

  test('-r beyond the end', async () => {
    const { status, headers } = await curl(['-r', '26-', url]);
    expect(status).toBe(416);
    expect(headers['content-range']).toBe('bytes */26');
  });

  test('-C - goes on where it stopped', async () => {
    await writeFile(join(at.local, 'part.txt'), text.slice(0, 10));
    const { status } = await run('curl', ['-sS', '-C', '-', '-o', join(at.local, 'part.txt'), url]);
    expect(status).toBe(0);
    expect(await readFile(join(at.local, 'part.txt'), 'utf8')).toBe(text);
  });

  test('-I tells what GET would', async () => {
    const head = await curl(['-I', url]);
    const get = await curl([url]);
    expect(head.status).toBe(200);
    expect(head.body).toBe('');
    const { date: _, ...headers } = get.headers;
    expect(head.headers).toMatchObject(headers);
    expect(headers).toMatchObject({
      'content-length': '26',
      'accept-ranges': 'bytes',
      'content-type': expect.stringMatching(/^text\/plain/),
    });
  });

  test('If-None-Match and If-Modified-Since: 304 without a body', async () => {
    const { headers } = await curl(['-I', url]);
    const same = await curl(['-H', `If-None-Match: ${headers.etag}`, url]);
    expect({ status: same.status, body: same.body, etag: same.headers.etag }).toEqual({ status: 304, body: '', etag: headers.etag });
    expect((await curl(['-H', 'If-None-Match: "another"', url])).body).toBe(text);
    expect((await curl(['-z', headers['last-modified'] ?? '', url])).status).toBe(304);
  });

  test('--etag-save and --etag-compare', async () => {
    const saved = join(at.local, 'etag.txt');
    expect((await curl(['--etag-save', saved, url])).status).toBe(200);
    expect((await curl(['--etag-compare', saved, url])).status).toBe(304);
  });

  test('If-Range: a changed file comes whole', async () => {
    const { headers } = await curl(['-I', url]);
    expect((await curl(['-r', '0-4', '-H', `If-Range: ${headers.etag}`, url])).status).toBe(206);
    expect((await curl(['-r', '0-4', '-H', 'If-Range: "another"', url])).body).toBe(text);
  });
});

test('a large download is exact', async () => {
  const path = at.disk('sparse.bin');
  await writeFile(path, 'begin');
  await truncate(path, 40 * MIB);
  const { bytes } = await curl([`${at.work}sparse.bin`]);
  expect(bytes.length).toBe(40 * MIB);
  expect(bytes.subarray(0, 5).toString()).toBe('begin');
});
