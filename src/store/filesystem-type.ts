// Which file system a place is on, by the number that linux/magic.h gives it.
import { statfsSync } from 'node:fs';

/** `f_type` of statfs(2), on some machines a signed number; 0 on other systems than Linux, where the numbers mean something else. */
export function fileSystemType(place: string): number {
  return process.platform === 'linux' ? statfsSync(place).type : 0;
}
