// The few words the tests of the stores speak: paths, bytes in and out, names, and the status of a refusal.
import { DavError } from '../../src/protocol/error.ts';
import { childOf, nameOf, type Path, ROOT } from '../../src/protocol/path.ts';
import type { ByteRange, Content, Resource, Store } from '../../src/store/store.ts';

export function at(path: string): Path {
  return path.split('/').filter(Boolean).reduce(childOf, ROOT);
}

export async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

export async function put(store: Store, path: string, text: string): Promise<void> {
  await store.write(at(path), chunks(text));
}

export async function contentOf(content: Content, range?: ByteRange): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of content.bytes(range)) parts.push(part);
  return Buffer.concat(parts).toString();
}

export async function textAt(store: Store, path: string): Promise<string> {
  return contentOf(await store.read(at(path)));
}

export async function membersOf(store: Store, path: string): Promise<Resource[]> {
  const members: Resource[] = [];
  for await (const batch of store.list(at(path))) members.push(...batch);
  return members;
}

export async function namesIn(store: Store, path: string): Promise<string[]> {
  return (await membersOf(store, path)).map((member) => nameOf(member.path)).sort();
}

export async function resourceAt(store: Store, path: string): Promise<Resource> {
  const resource = await store.stat(at(path));
  if (!resource) throw new Error(`nothing at ${path}`);
  return resource;
}

/** What a promise was refused with; fails for one that is not, or with anything but a DavError. */
export async function refusal(work: Promise<unknown>): Promise<DavError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DavError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

export async function statusOf(work: Promise<unknown>): Promise<number> {
  return (await refusal(work)).status;
}
