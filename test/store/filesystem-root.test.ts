// When a folder is another one: by device and inode, as far as the file system keeps to them; and when it is looked at.
import { mkdirSync, renameSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { arrive } from '../../src/store/filesystem-arrivals.ts';
import { makeCalls } from '../../src/store/filesystem-calls.ts';
import { makePace, makeTurns } from '../../src/store/filesystem-pace.ts';
import { isSameFolder, rootOf } from '../../src/store/filesystem-root.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

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

test.each([true, false])(
  'it is looked at once for all requests that have come, and anew for the next one, here and now: %p',
  async (atOnce) => {
    const home = temporaryFolder();
    mkdirSync(`${home}/served`);
    const root = rootOf(
      `${home}/served`,
      makeCalls(
        makePace(
          () => atOnce,
          makeTurns(() => 0),
        ),
      ),
    );
    await root.sure();
    renameSync(`${home}/served`, `${home}/aside`);
    await root.sure();
    expect(root.now()).toBe(true);
    arrive();
    if (atOnce) expect(() => root.now()).toThrow('The folder');
    else expect(root.now()).toBe(false);
    await expect(root.sure()).rejects.toThrow('The folder');
    removeFolder(home);
  },
);
