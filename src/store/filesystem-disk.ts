// What the verbs of the disk share: where a path leads, how entity-tags are told, and what is brought to the disk.
import type { Etags } from './etag.ts';
import type { Flush } from './filesystem-flush.ts';
import type { DiskPaths } from './filesystem-path.ts';

export interface Disk {
  readonly paths: DiskPaths;
  readonly etags: Etags;
  readonly flush: Flush;
}
