// A bare repository on a server, for the tests of git.
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { curl } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { bare, commit, fsck, git } from './git.ts';
import { undone } from './undone.ts';

export interface Repository {
  readonly server: RunningServer;
  /** An empty folder here, for clones. */
  readonly local: string;
  /** On the server's disk. */
  readonly folder: string;
  readonly url: string;
  /** A clone in a folder of its own. */
  clone(name: string, from?: string): Promise<string>;
  /** A clone whose `main` has one commit, which is pushed. */
  begun(name: string): Promise<string>;
}

/** Call it once a file, at the top: a server, and for each test a new repository on it, which must be whole and without a lock afterwards. */
export function repository(): Repository {
  const made = undone();
  const madeForOne = undone(afterEach);
  let server: RunningServer;
  let local: string;
  let folder: string;
  let url: string;
  let count = 0;
  beforeAll(async () => {
    server = await made.server({ args: ['--depth-infinity'] });
  });
  beforeEach(async () => {
    local = await madeForOne.folder('git');
    folder = join(server.folder, `work ${++count}.git`);
    url = `${server.url}work%20${count}.git`;
    await bare(folder);
  });
  afterEach(async () => {
    expect(await locksBelow(url)).toEqual([]);
    expect(await fsck(folder)).toBe('');
  });
  const clone = async (name: string, from = url) => {
    await git(local, 'clone', '--quiet', from, name);
    return join(local, name);
  };
  return {
    get server() {
      return server;
    },
    get local() {
      return local;
    },
    get folder() {
      return folder;
    },
    get url() {
      return url;
    },
    clone,
    async begun(name) {
      const cloned = await clone(name);
      await commit(cloned, 'begun');
      await git(cloned, 'push', '--quiet', 'origin', 'HEAD:main');
      return cloned;
    },
  };
}

/** The tokens of all locks at and below a URL. */
export async function locksBelow(at: string): Promise<string[]> {
  const body = '<D:propfind xmlns:D="DAV:"><D:prop><D:lockdiscovery/></D:prop></D:propfind>';
  const { status, body: answer } = await curl(['-X', 'PROPFIND', '-H', 'Depth: infinity', '-H', 'Content-Type: text/xml', '-d', body, at]);
  expect(status).toBe(207);
  return [...answer.matchAll(/<D:locktoken><D:href>(.*?)<\/D:href>/g)].map((match) => match[1] ?? '');
}
