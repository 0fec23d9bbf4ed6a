// `rclone mount` without a cache: what is written is sent as it comes; for vendor owncloud without a Content-Length, from 100 kB on.
import { jest } from '@jest/globals';
import { driveTests } from './rclone-drive.ts';

// rclone spaces its requests 10 ms apart, so thousands of files take their time.
jest.setTimeout(300_000);

const README_CACHE = '--vfs-cache-mode writes --vfs-write-back 1s';

driveTests('without a cache, streaming', (command) =>
  command.replace(README_CACHE, '--vfs-cache-mode off').replace(':webdav,', ':webdav,vendor=owncloud,'),
);
