// Digests of files for those who read (RFC 9530): taken once, remembered by entity-tag.
import type { DigestAlgorithm } from '../protocol/digest.ts';
import { hasherOf } from '../protocol/hashing.ts';
import type { ByteRange, Content, Store } from '../store/store.ts';

const LIMIT = 4096; // digests; about a megabyte

/**
 * A digest stands in the header, so the file is read before it is sent: twice, the second time mostly from the system's
 * cache, and only for who wants a digest. The entity-tag is strong, so each content is hashed once, however often it is
 * asked for: a HEAD that makes the server read a whole file can be sent again and again to no effect, and who comes while
 * it is read waits for the same reading.
 */
export class Digests {
  readonly #known = new Map<string, Promise<Buffer | undefined>>();

  /** Of the whole file; undefined when another program writes it meanwhile. The content stays open. */
  async of(content: Content, algorithm: DigestAlgorithm, store: Store): Promise<Buffer | undefined> {
    const { etag } = content.resource;
    const key = `${algorithm} ${etag}`;
    const known = this.#known.get(key);
    if (known) return known;
    const reading = whileUnchanged(content, algorithm, store);
    this.#remember(key, reading);
    const digest = await reading.catch((error) => {
      this.#known.delete(key);
      throw error;
    });
    if (!digest) this.#known.delete(key);
    return digest;
  }

  #remember(key: string, digest: Promise<Buffer | undefined>): void {
    this.#known.set(key, digest);
    if (this.#known.size <= LIMIT) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      break;
    }
  }
}

async function whileUnchanged(content: Content, algorithm: DigestAlgorithm, store: Store): Promise<Buffer | undefined> {
  const digest = await digestOf(content, algorithm);
  return (await store.stat(content.resource.path))?.etag === content.resource.etag ? digest : undefined;
}

/** Of the file or a part of it, as it is read now. The content stays open. */
export async function digestOf(content: Content, algorithm: DigestAlgorithm, range?: ByteRange): Promise<Buffer> {
  const hasher = hasherOf(algorithm);
  for await (const chunk of content.bytes(range, true)) hasher.update(chunk);
  return hasher.digest();
}
