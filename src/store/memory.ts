// A store of maps: a real second implementation, for tests and for those who want nothing to stay.
import { randomUUID } from 'node:crypto';
import { DavError } from '../protocol/error.ts';
import { childOf, isBelow, isReservedName, nameOf, type Path, parentOf, ROOT } from '../protocol/path.ts';
import { asFailedReading } from './copy-failure.ts';
import { OWN, STAGING } from './own-place.ts';
import { refusals } from './refusals.ts';
import type { ByteRange, Resource, Store } from './store.ts';

interface Facts {
  readonly id: number;
  /** Never twice the same number for other content. */
  version: number;
  readonly created: number;
  modified: number;
}

interface FileNode extends Facts {
  bytes: Uint8Array;
  executable: boolean;
}

interface CollectionNode extends Facts {
  readonly members: Map<string, Node>;
}

type Node = FileNode | CollectionNode;

const CHUNK = 256 * 1024; // bytes
const BATCH = 256; // members

/** A store that starts empty and is gone with the process. It has no links, and knows no space. */
export function memoryStore(): Store {
  const instance = randomUUID(); // in every entity-tag: another process starts counting anew
  let count = 0;
  const facts = (): Facts => ({ id: ++count, version: count, created: Date.now(), modified: Date.now() });
  const fileNode = (bytes: Uint8Array, executable = false): FileNode => ({ ...facts(), bytes, executable });
  const collectionNode = (): CollectionNode => ({ ...facts(), members: new Map() });
  const root = collectionNode();

  function change(node: Node, modified = Date.now()): void {
    node.version = ++count;
    node.modified = modified;
  }

  function nodeAt(path: Path): Node | undefined {
    let node: Node | undefined = root;
    for (const name of path.split('/').filter(Boolean)) {
      node = node && 'members' in node ? node.members.get(name) : undefined;
    }
    return node;
  }

  function existing(path: Path): Node {
    const node = nodeAt(path);
    if (!node) throw refusals.notThere();
    return node;
  }

  function fileAt(path: Path): FileNode {
    const node = existing(path);
    if ('members' in node) throw refusals.isCollection();
    return node;
  }

  function parentNode(path: Path): CollectionNode {
    const node = nodeAt(parentOf(path));
    if (!node || !('members' in node)) throw refusals.noParent();
    return node;
  }

  function put(path: Path, node: Node): void {
    const parent = parentNode(path);
    if (path === ROOT || parent.members.has(nameOf(path))) throw refusals.taken();
    parent.members.set(nameOf(path), node);
    change(parent);
  }

  function take(path: Path): void {
    const parent = parentNode(path);
    parent.members.delete(nameOf(path));
    change(parent);
  }

  function resourceOf(path: Path, node: Node): Resource {
    const collection = 'members' in node;
    return {
      path,
      collection,
      link: false,
      size: collection ? 0 : node.bytes.length,
      etag: `"${instance}-${node.version}"`,
      modified: node.modified,
      created: node.created,
      executable: collection ? undefined : node.executable,
      identity: `${instance}:${node.id}`,
    };
  }

  return {
    async stat(path) {
      const node = nodeAt(path);
      return node && resourceOf(path, node);
    },

    async *list(path) {
      const node = existing(path);
      if (!('members' in node)) throw refusals.isFile();
      const listed = [...node.members].filter(([name]) => !isReservedName(name));
      for (let at = 0; at < listed.length; at += BATCH) {
        yield listed.slice(at, at + BATCH).map(([name, member]) => resourceOf(childOf(path, name), member));
      }
    },

    async read(path) {
      const node = fileAt(path);
      return { resource: resourceOf(path, node), bytes: (range) => chunksOf(node.bytes, range), close: async () => undefined };
    },

    async write(path, bytes) {
      const node = fileNode(new Uint8Array());
      put(path, node); // the name is taken from the first moment, as on a disk
      try {
        node.bytes = await wholeOf(bytes);
      } catch (error) {
        if (nodeAt(path) === node) take(path);
        throw error;
      }
      change(node);
      return resourceOf(path, node);
    },

    makeCollection: async (path) => put(path, collectionNode()),

    async copyFile(from, to) {
      let source: FileNode;
      try {
        source = fileAt(from);
      } catch (error) {
        throw error instanceof DavError ? asFailedReading(error) : error;
      }
      put(to, fileNode(source.bytes, source.executable));
    },

    async copyPatched(from, to, offset, bytes) {
      const source = fileAt(from);
      const patch = await wholeOf(bytes);
      const rest = source.bytes.subarray(offset + patch.length);
      put(to, fileNode(Buffer.concat([source.bytes.subarray(0, offset), patch, rest])));
    },

    async remove(path) {
      if (path === ROOT) throw refusals.theRoot();
      const node = existing(path);
      if ('members' in node && node.members.size > 0) throw refusals.notEmpty();
      take(path);
    },

    async rename(from, to) {
      if (from === ROOT || to === ROOT) throw refusals.theRoot();
      const source = existing(from);
      parentNode(to);
      if (isBelow(to, from)) throw refusals.intoItself();
      const replaced = nodeAt(to);
      if (replaced === source) return;
      if (replaced && 'members' in replaced !== 'members' in source) throw refusals.otherKind();
      if (replaced && 'members' in replaced && replaced.members.size > 0) throw refusals.notEmpty();
      if (replaced) take(to);
      take(from);
      put(to, source);
    },

    async obstacles(path) {
      function* holders(at: Path, node: Node): Iterable<Path> {
        if (!('members' in node)) return;
        if ([...node.members.keys()].some(isReservedName)) yield at;
        for (const [name, member] of node.members) yield* holders(childOf(at, name), member);
      }
      return Array.from(holders(path, existing(path)), (collection) => ({ collection, error: refusals.unmanaged() }));
    },

    async writable(path) {
      const node = nodeAt(path);
      return node !== undefined && 'members' in node;
    },

    async setAttributes(path, { modified, accessed, executable }) {
      const node = existing(path);
      if (executable !== undefined) fileAt(path).executable = executable;
      if (modified !== undefined || accessed !== undefined) change(node, modified ?? node.modified);
    },

    async stage(near) {
      parentNode(near);
      for (const path of [OWN, STAGING]) if (!nodeAt(path)) put(path, collectionNode());
      return childOf(STAGING, randomUUID());
    },

    space: async () => undefined,
  };
}

/** 400 when the source fails: the sender went away. */
async function wholeOf(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of bytes) chunks.push(Uint8Array.from(chunk)); // the source may use its buffer again
  } catch (error) {
    throw error instanceof DavError ? error : refusals.brokenOff({ cause: error });
  }
  return Buffer.concat(chunks);
}

async function* chunksOf(bytes: Uint8Array, range?: ByteRange): AsyncGenerator<Uint8Array> {
  const end = Math.min(bytes.length, range === undefined ? bytes.length : range.end + 1);
  for (let at = range?.start ?? 0; at < end; at += CHUNK) {
    yield bytes.subarray(at, Math.min(at + CHUNK, end));
  }
}
