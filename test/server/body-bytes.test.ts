// The bytes of a body: all of them in their order, no more ahead of a slow reader than there is room for, and an end that is told from a break.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { bodyBytes } from '../../src/server/body-bytes.ts';

const BODY = Buffer.from(Array.from({ length: 5_000_000 }, (_, index) => (index * 7919) % 251));

/** Send a PUT of `length` announced bytes to a server that does `read`; gives what it came to. */
async function uploading<T>(
  read: (request: IncomingMessage) => Promise<T>,
  client: (upload: ReturnType<typeof send>) => void,
  length = BODY.length,
): Promise<T> {
  let told = (_: Promise<T>) => {};
  const result = new Promise<T>((resolve) => {
    told = resolve;
  });
  const server = createServer((request, response) => {
    const reading = read(request);
    told(reading);
    reading.finally(() => response.end()).catch(() => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const upload = send({ port: (server.address() as AddressInfo).port, method: 'PUT', headers: { 'Content-Length': length } });
  upload.on('error', () => {}).on('response', (response) => response.resume());
  client(upload);
  try {
    return await result;
  } finally {
    upload.destroy();
    server.close();
  }
}

async function whole(request: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bodyBytes(request)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('the bytes of a body', () => {
  test('come whole and in their order, be it at once or in pieces', async () => {
    expect((await uploading(whole, (upload) => upload.end(BODY))).equals(BODY)).toBe(true);
    const pieces = (upload: ReturnType<typeof send>) => {
      upload.write(BODY.subarray(0, 1));
      setImmediate(() => upload.write(BODY.subarray(1, 70_000), () => upload.end(BODY.subarray(70_000))));
    };
    expect((await uploading(whole, pieces)).equals(BODY)).toBe(true);
  });

  test('of none are none', async () => {
    expect((await uploading(whole, (upload) => upload.end(), 0)).length).toBe(0);
  });

  test('wait for who is busy: the client is not read any further', async () => {
    const waiting = await uploading(
      async (request) => {
        const bytes = bodyBytes(request);
        await bytes.next();
        if (!request.isPaused()) await once(request, 'pause');
        const paused = request.isPaused();
        let size = 0;
        for await (const chunk of bytes) size += chunk.length;
        return { paused, rest: size > BODY.length - 2 * 65_536 && size < BODY.length };
      },
      (upload) => upload.end(BODY),
    );
    expect(waiting).toEqual({ paused: true, rest: true });
  });

  test('end with an error when the client goes, and what came before is given', async () => {
    const broken = uploading(whole, (upload) => upload.write(BODY.subarray(0, 100), () => upload.destroy()));
    await expect(broken).rejects.toThrow('The connection ended before the body did.');
    const late = uploading(
      async (request) => {
        await new Promise((resolve) => request.on('error', () => {}).on('close', resolve));
        return whole(request);
      },
      (upload) => upload.write(BODY.subarray(0, 100), () => upload.destroy()),
    );
    await expect(late).rejects.toThrow('The connection ended before the body did.');
  });

  test('that nobody wants any more stay where they are', async () => {
    const left = await uploading(
      async (request) => {
        for await (const _ of bodyBytes(request)) break;
        return request.isPaused() && !request.destroyed;
      },
      (upload) => upload.end(BODY),
    );
    expect(left).toBe(true);
  });
});
