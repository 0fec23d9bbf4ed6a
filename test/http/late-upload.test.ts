// An upload that comes in slowly holds no gate: others go through meanwhile, and it is judged by what they left.
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { authorization, type Locking, lockInfo, startLocking, XML } from './locking.ts';

let world: Locking;
beforeEach(async () => {
  world = await startLocking(['c/f', 'c/sub/', 'd/g']);
});
afterEach(() => world.close());

interface Uploading {
  /** Sends the rest; gives the status. */
  finish(): Promise<number>;
}

/** Ann's upload of `late!`, which the server has begun to receive. */
function begin(method: string, target: string, headers: Record<string, string> = {}): Promise<Uploading> {
  return new Promise((resolve, reject) => {
    const sent = { ...authorization('Ann'), Expect: '100-continue', 'Content-Length': '5', ...headers };
    const outgoing = request({ port: world.served.port, host: '127.0.0.1', method, path: target, headers: sent, agent: false });
    const status = new Promise<number>((answer, fail) => {
      outgoing.on('response', (response) => response.resume().on('end', () => answer(response.statusCode ?? 0)));
      outgoing.on('error', fail);
    });
    status.then((early) => reject(new Error(`${method} ${target} is ${early} before its body`)), reject);
    // RFC 9110 §10.1.1: the body is asked for once the request was judged.
    outgoing.on('continue', () => {
      outgoing.write('la');
      resolve({
        finish: () => {
          outgoing.end('te!');
          return status;
        },
      });
    });
    outgoing.flushHeaders();
  });
}

const staged = () => readdirSync(join(world.served.folder, '.dav207/tmp'));
interface More {
  /** Headers of the upload, and of the request that comes in between, with its body. */
  readonly first?: Record<string, string>;
  readonly second?: Record<string, string>;
  readonly body?: string;
  readonly tree: readonly string[];
}

const patching = { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' };
const locking = { second: XML, body: lockInfo() };
const shallow = { second: { ...XML, Depth: '0' }, body: lockInfo() };
const [C, F, SUB] = ['/c/', '/c/f c/f', '/c/sub/'];
const D = ['/d/', '/d/g d/g'];

describe('H-9.3.4-c, H-10.1.1-a: an upload is judged again', () => {
  test.each<[string, string, string, string, number, number, More]>([
    ['PUT', '/c/f', 'PUT', '/c/f', 204, 204, { body: 'theirs', tree: [C, '/c/f late!', SUB, ...D] }],
    ['PUT', '/c/n', 'PUT', '/c/n', 201, 412, { first: { 'If-None-Match': '*' }, body: 'theirs', tree: [C, F, '/c/n theirs', SUB, ...D] }],
    ['PUT', '/c/f', 'DELETE', '/c/f', 204, 412, { first: { 'If-Match': '*' }, tree: [C, SUB, ...D] }],
    ['PUT', '/c/f', 'DELETE', '/c/f', 204, 201, { tree: [C, '/c/f late!', SUB, ...D] }],
    ['PATCH', '/c/f', 'DELETE', '/c/f', 204, 404, { first: patching, tree: [C, SUB, ...D] }],
    ['PATCH', '/c/f', 'PUT', '/c/f', 204, 204, { first: patching, body: '>', tree: [C, '/c/f >late!', SUB, ...D] }],
    ['PUT', '/c/f', 'DELETE', '/c/', 204, 409, { tree: D }],
    ['PUT', '/c/n', 'MOVE', '/c/', 201, 409, { second: { Destination: '/e/' }, tree: [...D, '/e/', '/e/f c/f', '/e/sub/'] }],
    ['PUT', '/c/n', 'MOVE', '/d/', 204, 201, { second: { Destination: '/c/' }, tree: [C, '/c/g d/g', '/c/n late!'] }],
    ['PUT', '/c/n', 'MKCOL', '/c/n', 201, 405, { tree: [C, F, '/c/n/', SUB, ...D] }],
    ['PUT', '/c/f', 'LOCK', '/c/f', 200, 423, { ...locking, tree: [C, F, SUB, ...D] }],
    ['PUT', '/c/f', 'LOCK', '/c/', 200, 423, { ...locking, tree: [C, F, SUB, ...D] }],
    ['PUT', '/c/n', 'LOCK', '/c/', 200, 423, { ...shallow, tree: [C, F, SUB, ...D] }],
    ['PUT', '/c/f', 'LOCK', '/c/', 200, 204, { ...shallow, tree: [C, '/c/f late!', SUB, ...D] }],
    ['PUT', '/c/n', 'LOCK', '/c/n', 201, 423, { ...locking, tree: [C, F, '/c/n ', SUB, ...D] }],
  ])('%s %s, in between %s %s which is %i: %i', async (method, target, other, at, done, status, { first, second, body, tree }) => {
    const upload = await begin(method, target, first);
    const reply = await world.ask('Bob', other, at, { ...(second && { headers: second }), ...(body !== undefined && { body }) });
    expect(reply.status).toBe(done);
    expect(await upload.finish()).toBe(status);
    expect(world.tree()).toEqual(tree);
    expect(staged()).toEqual([]);
  });

  test('of two that are to be the first one wins, whoever began', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const target = `/c/first${order[0]}`;
      const uploads = [await begin('PUT', target, { 'If-None-Match': '*' }), await begin('PUT', target, { 'If-None-Match': '*' })];
      const statuses: (number | undefined)[] = [];
      for (const index of order) statuses.push(await uploads[index]?.finish());
      expect(statuses).toEqual([201, 412]);
    }
    const both = [await begin('PUT', '/c/both', { 'If-None-Match': '*' }), await begin('PUT', '/c/both', { 'If-None-Match': '*' })];
    expect((await Promise.all(both.map((upload) => upload.finish()))).sort()).toEqual([201, 412]);
    expect(staged()).toEqual([]);
  });
});
