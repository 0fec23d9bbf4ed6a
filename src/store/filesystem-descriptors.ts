// Where the system shows what this process has open: a path through it leads to the very thing, whatever becomes of its name.
import { existsSync, readlinkSync } from 'node:fs';

/** undefined elsewhere than on Linux. By the number of the process: `self` is a link, which would have to be followed in each call. */
export const DESCRIPTORS =
  process.platform === 'linux' && existsSync('/proc/self/fd') ? `/proc/${readlinkSync('/proc/self')}/fd` : undefined;
