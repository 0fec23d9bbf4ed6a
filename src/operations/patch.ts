// Builds a file with a part of it replaced: beside the file, so that it is swapped in like any upload, whole or not at all (RFC 5789 §2).
import { DavError } from '../protocol/error.ts';
import type { Path } from '../protocol/path.ts';
import type { Resource, Store } from '../store/store.ts';

/**
 * Make at `built`, and give, what `file` becomes with the bytes of the file `part` from `offset` on. Only under the gate, where no client
 * changes the file meanwhile; throws 409 when another program did, whose change would be lost.
 */
export async function buildPatched(file: Resource, part: Path, offset: number, built: Path, store: Store): Promise<Resource> {
  const content = await store.read(part);
  try {
    await store.copyPatched(file.path, built, offset, content.bytes());
  } finally {
    await content.close();
  }
  if ((await store.stat(file.path))?.etag !== file.etag)
    throw new DavError(409, 'Another program changed the file meanwhile; nothing was written.');
  const made = await store.stat(built);
  if (!made) throw new DavError(500, 'What was built is not there.');
  return made;
}
