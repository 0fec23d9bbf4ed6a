// A database is not put on a network file system: known by the number that the kernel gives.
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { networkName, networkOf } from '../../src/store/filesystem-network.ts';

test.each([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB'],
  [0xff534d42 | 0, 'SMB'], // as a system with numbers of 32 bits says it
  [0xfe534d42, 'SMB'],
  [0xfe534d42 | 0, 'SMB'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
])('%i is %s', (type, name) => expect(networkName(type)).toBe(name));

test.each([
  ['tmpfs', 0x01021994],
  ['ext4', 0xef53],
  ['xfs', 0x58465342],
  ['btrfs', 0x9123683e],
  ['btrfs, signed', 0x9123683e | 0],
  ['overlay', 0x794c7630],
  ['zfs', 0x2fc12fc1],
  ['FUSE, which may be anything', 0x65735546],
])('%s is none', (_, type) => expect(networkName(type)).toBeUndefined());

test('the number is the one that linux/magic.h has, and it is asked of what is there above the place', () => {
  expect(statfsSync('/dev/shm').type).toBe(0x01021994);
  expect(statfsSync('/proc').type).toBe(0x9fa0);
  const folder = mkdtempSync(join(tmpdir(), 'dav207-network-'));
  expect(networkOf(join(folder, 'not/yet'))).toBeUndefined();
  rmSync(folder, { recursive: true });
});
