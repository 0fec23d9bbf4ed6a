// What the tests of curl share: one server a file, a collection of its own for each test, and files to send.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach } from '@jest/globals';
import { type Answer, curl } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { undone } from './undone.ts';

const MIB = 1024 * 1024;

export interface Desk {
  readonly server: RunningServer;
  /** A folder here with `note.txt`, a few bytes. */
  readonly local: string;
  /** A file here of 3 MiB. */
  readonly large: string;
  /** The URL of the test's collection, with a slash at its end. */
  readonly work: string;
  /** A path in the test's collection, on the server's disk. */
  disk(member: string): string;
  content(member: string): Promise<string>;
  /** `curl -T` of a string by way of standard input, which curl sends chunked. */
  put(member: string, input: string): Promise<Answer>;
}

/** Call it once a file, at the top. */
export function desk(): Desk {
  const made = undone();
  let server: RunningServer;
  let local: string;
  let name: string;
  let round = 0;
  beforeAll(async () => {
    server = await made.server();
    local = await made.folder('curl');
    await writeFile(join(local, 'note.txt'), 'a note\n');
    await writeFile(join(local, 'large.bin'), Buffer.alloc(3 * MIB, 'all the same '));
  });
  const work = () => `${server.url}${encodeURIComponent(name)}/`;
  beforeEach(async () => {
    // One for each test: a lock that a test leaves behind must not be in the next one's way.
    name = `desk ${++round}`;
    await curl(['-X', 'MKCOL', work()]);
  });
  const disk = (member: string) => join(server.folder, name, member);
  return {
    get server() {
      return server;
    },
    get local() {
      return local;
    },
    get large() {
      return join(local, 'large.bin');
    },
    get work() {
      return work();
    },
    disk,
    content: (member) => readFile(disk(member), 'utf8'),
    put: (member, input) => curl(['-T', '-', `${work()}${member}`], { input }),
  };
}
