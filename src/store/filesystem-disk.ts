// What the verbs of the disk share: how the system is called, where a path leads, how entity-tags are told, and what is brought to the disk.
import type { Etags } from './etag.ts';
import type { Calls } from './filesystem-calls.ts';
import type { Flush } from './filesystem-flush.ts';
import type { DiskPaths } from './filesystem-path.ts';

export interface Disk {
  readonly calls: Calls;
  readonly paths: DiskPaths;
  readonly etags: Etags;
  readonly flush: Flush;
}
