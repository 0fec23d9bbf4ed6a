// When a folder is another one: by device and inode, as far as the file system keeps to them.
import { expect, test } from '@jest/globals';
import { isSameFolder } from '../../src/store/filesystem-root.ts';

const EXT4 = 0xef53;
const BTRFS = 0x9123683e - 2 ** 32; // as a signed number
const FUSE = 0x65735546;
const OPENED = { dev: 1n, ino: 2n };

test.each([
  ['the same', 1n, 2n, EXT4, true],
  ['a new folder under its name', 1n, 3n, EXT4, false],
  ['a new folder under its name, on Btrfs', 1n, 3n, BTRFS, false],
  ['what was below the mount point', 7n, 99n, EXT4, false],
  ['what was below the mount point of a file system that numbers anew', 7n, 99n, FUSE, false],
  ['the same, mounted again', 7n, 2n, EXT4, true],
  ['the same, with a new number that its file system gave it', 1n, 3n, FUSE, true],
  ['the same or not, where numbers of file systems mean nothing', 1n, 3n, 0, true],
])('%s', (_, dev, ino, type, same) => {
  expect(isSameFolder(OPENED, { dev, ino }, type)).toBe(same);
});
