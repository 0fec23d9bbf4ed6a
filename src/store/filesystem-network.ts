// Whether a place is on a network file system: a database that is mapped into memory is not safe there.
import { existingAbove } from './filesystem-folder.ts';
import { fileSystemType } from './filesystem-type.ts';

/**
 * `f_type` of statfs(2) on Linux, as linux/magic.h has it or the file system's own source. FUSE is not among them: behind
 * one number are sshfs and local disks.
 */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB'], // CIFS
  [0xfe534d42, 'SMB'], // SMB2 and later
  [0x564c, 'NCP'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'], // the kernel's own
  [0x73757245, 'Coda'],
  [0x01021997, '9P'], // also a Windows drive seen from WSL
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x786f4256, 'a shared folder of VirtualBox'],
]);

/** What to call the file system of this `f_type`; undefined unless it is one of the network. The number may be signed. */
export function networkName(type: number): string | undefined {
  return NETWORK_TYPES.get(type >>> 0);
}

/** The same of the place where `place` is or would be made. */
export function networkOf(place: string): string | undefined {
  try {
    return networkName(fileSystemType(existingAbove(place)));
  } catch {
    return undefined; // whoever opens it next says why
  }
}
