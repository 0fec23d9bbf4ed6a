// Digests of files: each content is read for it once, and never told for another.
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Digests } from '../../src/operations/digests.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Content, Store } from '../../src/store/store.ts';
import { at, chunks, put } from '../store/speaking.ts';

let store: Store;
let digests: Digests;
let readings: number;

beforeEach(async () => {
  store = memoryStore();
  digests = new Digests();
  readings = 0;
  await put(store, '/f', 'content');
});

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** Content that counts how often it is read, and does `meanwhile` before its first byte. */
async function opened(meanwhile = async () => {}): Promise<Content> {
  const content = await store.read(at('/f'));
  return {
    ...content,
    bytes: async function* (range) {
      readings++;
      await meanwhile();
      yield* content.bytes(range);
    },
  };
}

describe('G-4-a', () => {
  test('asked again, or by many at once, the file is read once', async () => {
    const many = await Promise.all([1, 2, 3].map(async () => digests.of(await opened(), 'sha-256', store)));
    expect(many).toEqual([sha256('content'), sha256('content'), sha256('content')]);
    expect(await digests.of(await opened(), 'sha-256', store)).toEqual(sha256('content'));
    expect(readings).toBe(1);
    expect((await digests.of(await opened(), 'sha-512', store))?.length).toBe(64);
    expect(readings).toBe(2);
  });

  test('new content has a new digest', async () => {
    await digests.of(await opened(), 'sha-256', store);
    await store.remove(at('/f'));
    await store.write(at('/f'), chunks('other'));
    expect(await digests.of(await opened(), 'sha-256', store)).toEqual(sha256('other'));
  });

  test('of a file that changes while it is read there is none, and the next one is right', async () => {
    const touched = await opened(() => store.setAttributes(at('/f'), { modified: 0 }));
    expect(await digests.of(touched, 'sha-256', store)).toBeUndefined();
    expect(await digests.of(await opened(), 'sha-256', store)).toEqual(sha256('content'));
  });

  test('a failure is told, and not remembered', async () => {
    const failing = await opened(() => Promise.reject(new Error('unreadable')));
    await expect(digests.of(failing, 'sha-256', store)).rejects.toThrow('unreadable');
    expect(await digests.of(await opened(), 'sha-256', store)).toEqual(sha256('content'));
  });

  test('far more files than are remembered are all told right', async () => {
    const content = await opened();
    for (let index = 0; index < 5000; index++) {
      const other = { ...content, resource: { ...content.resource, etag: `"${index}"` }, bytes: () => chunks(String(index)) };
      await digests.of(other, 'sha-256', { ...store, stat: async () => other.resource });
    }
    expect(await digests.of(content, 'sha-256', store)).toEqual(sha256('content'));
  });
});
