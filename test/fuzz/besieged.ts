// The folder under attack: canaries beside it and in the server's own, links that lead to them, and locks that are somebody else's.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../src/protocol/path.ts';
import { createApp } from '../../src/server/app.ts';
import { router } from '../../src/server/dav.ts';
import { openService } from '../../src/server/service.ts';
import type { State } from '../../src/state/state.ts';
import { askPort, LOCKINFO } from '../http/serve.ts';
import { treeOf } from '../http/tree.ts';

export interface Besieged {
  readonly port: number;
  /** What no answer may hold, with what it is. */
  readonly secrets: readonly (readonly [what: string, text: string])[];
  /** The last failure that the server told its operator of. */
  failure(): unknown;
  /** What is not as it was though nobody but Ann may change it; undefined when nothing is. */
  damage(): Promise<string | undefined>;
  /** Undo what Eve may have done, so that each request finds the same. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

const FILES = { a: '', 'a/f': 'the file f', 'a/b': '', 'a/b/g': 'the file g', 'a/b/locked': "Ann's", locked: "Ann's", mine: 'mine' };
const LINKS = { out: '../outside', 'out-file': '../outside/secret', in: 'a', loop: 'loop', up: '..' };
const LOCKED = ['/locked', '/a/b/locked'];

export async function besieged(): Promise<Besieged> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'dav207-fuzz-')));
  const folder = join(home, 'served');
  const canary = `canary ${randomUUID()}`;
  plant(home, canary);
  make(folder);
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const before = treeOf(folder);
  const outside = treeOf(join(home, 'outside'));

  let failure: unknown;
  const log = {
    request() {},
    error: (sentence: string, cause?: unknown) => {
      failure = cause ?? sentence;
    },
  };
  const users = [
    { name: 'Ann', password: 'ann' },
    { name: 'Eve', password: 'eve' },
  ];
  const service = openService({ folder, users, log });
  const dav = router(service, { users, log });
  await dav.ready;
  const { state } = (await service).context;
  const { server } = createApp(dav, { users, log });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const tokens = await Promise.all(LOCKED.map((target) => lockOf(port, target)));

  return {
    port,
    secrets: [
      ['the content of a canary', canary],
      ['a path of the disk', home],
      ['a path of the source', join(import.meta.dirname, '../..')],
      ...tokens.map((token) => ['a lock token of Ann', token.slice('urn:uuid:'.length)] as const),
    ],
    failure: () => failure,
    async damage() {
      if (JSON.stringify(treeOf(join(home, 'outside'))) !== JSON.stringify(outside)) return 'what is beside the folder has changed';
      for (const kept of ['secret', 'served/.dav207/canary'])
        if (readFileSync(join(home, kept), 'utf8') !== canary) return `${kept} has changed`;
      const now = treeOf(folder);
      for (const path of LOCKED) if (now[path] !== before[path]) return `${path}, which Ann has locked, has changed`;
      for (const token of tokens) if (!(await state.lockByToken(token, Date.now()))) return 'a lock of Ann is gone';
      return undefined;
    },
    async restore() {
      failure = undefined;
      // What was broken is whole again, so that a case can be made smaller.
      if (JSON.stringify(treeOf(join(home, 'outside'))) !== JSON.stringify(outside))
        rmSync(join(home, 'outside'), { recursive: true, force: true });
      plant(home, canary);
      const now = treeOf(folder);
      for (const path of Object.keys(now))
        if (now[path] !== before[path]) rmSync(join(folder, path.replace(/\/$/, '')), { recursive: true, force: true });
      make(folder);
      if (before['/pipe'] !== now['/pipe']) execFileSync('mkfifo', [join(folder, 'pipe')]);
      await forget(state, tokens);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await dav.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Beside the folder, and in the server's own. */
function plant(home: string, canary: string): void {
  for (const made of ['outside/deep', 'served/.dav207']) mkdirSync(join(home, made), { recursive: true });
  for (const kept of ['outside/secret', 'outside/deep/secret', 'secret', 'served/.dav207/canary']) writeFileSync(join(home, kept), canary);
}

/** What is missing of the tree. */
function make(folder: string): void {
  const unless = (make: () => void) => {
    try {
      make();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  };
  for (const [path, content] of Object.entries(FILES))
    unless(() => (content === '' ? mkdirSync(join(folder, path)) : writeFileSync(join(folder, path), content, { flag: 'wx' })));
  for (const [path, target] of Object.entries(LINKS)) unless(() => symlinkSync(target, join(folder, path)));
}

/** Eve's locks and all properties. */
async function forget(state: State, tokens: readonly string[]): Promise<void> {
  const now = Date.now();
  for (const { token } of [...(await state.locksOn(ROOT, now)), ...(await state.locksBelow(ROOT, now))])
    if (!tokens.includes(token)) await state.removeLock(token);
  for (const path of await state.recorded(ROOT)) {
    const names = await state.properties(path);
    if (names.length > 0) await state.commit([{ do: 'unset', path, names }]);
  }
}

async function lockOf(port: number, target: string): Promise<string> {
  const Authorization = `Basic ${Buffer.from('Ann:ann').toString('base64')}`;
  const headers = { Authorization, 'Content-Type': 'application/xml', Timeout: 'Second-86400' };
  const reply = await askPort(port, 'LOCK', target, { headers, body: LOCKINFO });
  return String(reply.headers['lock-token']).slice(1, -1);
}
