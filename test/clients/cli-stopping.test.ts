// How the server ends, whoever ends it, and what uploads leave behind that were under way.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { type ClientRequest, get, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { curl } from './curl.ts';
import type { RunningServer } from './dav207.ts';
import { inOtherSystem, noneStaged, operator, staged } from './operator.ts';
import { eventually, type Running, start } from './program.ts';

const at = operator();
const MIB = 1024 * 1024;

/** An upload of 300 MB onto `note.txt`, of which some is on the disk and more is coming: it would take minutes. */
async function uploading(server: RunningServer): Promise<Running> {
  await writeFile(join(at.folder, 'note.txt'), 'as it was');
  const large = join(await at.sub('.dav207-source'), 'large.bin');
  await writeFile(large, '');
  await truncate(large, 300 * MIB);
  const upload = await start('curl', ['-sS', '--limit-rate', '2M', '-T', large, `${server.url}note.txt`]);
  at.after(() => upload.child.kill());
  await eventually('a part of it is on the disk', async () => {
    const [name] = await staged(at.folder);
    return name !== undefined && (await stat(join(at.folder, '.dav207/tmp', name))).size > MIB;
  });
  return upload;
}

/** An upload of which only the beginning has been sent. */
async function begun(server: RunningServer): Promise<ClientRequest> {
  const upload = request(`${server.url}up.bin`, { method: 'PUT', headers: { 'Content-Length': 12 } });
  upload.on('error', () => {});
  at.after(() => upload.destroy());
  upload.write('begin');
  await eventually('something is staged', async () => (await staged(at.folder)).length > 0);
  return upload;
}

function untilNoneIsTaken(server: RunningServer): Promise<void> {
  return eventually('new connections are refused', async () => (await curl([server.url])).outcome.status === 7);
}

/** Whether a signal has been sent and not delivered yet. */
function isPending({ process: { pid } }: RunningServer, signal: number): boolean {
  const [, pending] = /^ShdPnd:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return (Number.parseInt(pending ?? '', 16) & (1 << (signal - 1))) !== 0;
}

async function expectAsItWas(): Promise<void> {
  expect(await readFile(join(at.folder, 'note.txt'), 'utf8')).toBe('as it was');
  expect((await readdir(at.folder)).sort()).toEqual(['.dav207', '.dav207-source', 'note.txt']);
  expect(await staged(at.folder)).toEqual([]);
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends it with exit code 0', async (signal) => {
  const server = await at.serve();
  expect(await server.end(signal)).toBe(0);
});

test('what keeps it from ending in good order is one line, and exit code 1', async () => {
  const server = await at.serve({ args: ['--log-format', 'none'] });
  expect((await curl(['-T', '-', `${server.url}a.txt`], { input: 'a' })).status).toBe(201);
  const record = join(at.folder, '.dav207/owner');
  await rm(record);
  await mkdir(record);
  expect(await server.end('SIGTERM')).toBe(1);
  expect(server.stderr()).toMatch(/^dav207: it did not end in good order: EISDIR.*\n$/);
  await rm(record, { recursive: true });
});

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('lets a download finish first, and takes no new request', async () => {
    await writeFile(join(at.folder, 'large.bin'), 'begin');
    await truncate(join(at.folder, 'large.bin'), 64 * MIB);
    const server = await at.serve();
    const [response] = (await once(get(`${server.url}large.bin`, { agent: false }), 'response')) as [IncomingMessage];
    await once(response, 'readable'); // It runs, and waits for us: nobody reads.
    const ended = server.end(signal);
    await untilNoneIsTaken(server);
    expect(server.process.exitCode).toBeNull();
    let length = 0;
    for await (const chunk of response) length += (chunk as Buffer).length;
    expect(length).toBe(64 * MIB);
    expect(await ended).toBe(0);
  });

  test('an upload that is cut off in the meantime leaves nothing behind', async () => {
    const server = await at.serve();
    const upload = await begun(server);
    const ended = server.end(signal);
    await untilNoneIsTaken(server);
    upload.destroy();
    expect(await ended).toBe(0);
    expect(await staged(at.folder)).toEqual([]);
  });
});

test('one Ctrl-C that comes twice, as under npm start, still lets an upload finish; the operator is told what is waited for', async () => {
  const server = await at.serve(inOtherSystem('performance.now = () => 0;')); // however long it takes to send the second
  const upload = await begun(server);
  server.process.kill('SIGINT');
  await eventually('it is delivered', () => !isPending(server, 2)); // or the kernel makes one of both
  const ended = server.end('SIGINT');
  await untilNoneIsTaken(server);
  upload.end(' to end');
  const [response] = (await once(upload, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(201);
  response.resume();
  expect(await ended).toBe(0);
  expect(await readFile(join(at.folder, 'up.bin'), 'utf8')).toBe('begin to end');
  expect(server.stderr()).toMatch(/^dav207: requests still run.*Ctrl-C/m);
});

test('two Ctrl-C of a person, a fifth of a second apart, end it at once', async () => {
  const clock = 'let now = 0; performance.now = () => (now += 200);'; // at each look
  const server = await at.serve(inOtherSystem(clock));
  await begun(server);
  server.process.kill('SIGINT');
  await eventually('it is delivered', () => !isPending(server, 2));
  expect(await server.end('SIGINT')).toBe(130);
});

test.each(['SIGKILL', 'RST'] as const)(
  'a client that vanishes by %s in the middle of an upload leaves the old file, and nothing else',
  async (how) => {
    const server = await at.serve();
    if (how === 'SIGKILL') {
      const { child, done } = await uploading(server);
      child.kill('SIGKILL');
      await done;
    } else {
      await writeFile(join(at.folder, 'up.bin'), 'as it was');
      const upload = await begun(server);
      upload.socket?.resetAndDestroy();
    }
    await noneStaged(at.folder);
    expect(await readFile(join(at.folder, how === 'RST' ? 'up.bin' : 'note.txt'), 'utf8')).toBe('as it was');
    await eventually('it is logged', () => / PUT \/\S+ 499 /.test(server.stderr()));
  },
);

test('Ctrl-C in the middle of an upload cuts it off after its ten seconds, and leaves nothing behind', async () => {
  const server = await at.serve();
  const { done } = await uploading(server);
  expect(await server.end('SIGINT')).toBe(0);
  expect((await done).status).not.toBe(0);
  await expectAsItWas();
});

test('a second Ctrl-C ends it at once, with 130; the next start clears away', async () => {
  const server = await at.serve();
  const { done } = await uploading(server);
  const ended = server.end('SIGINT');
  await eventually('it has ended', () => server.process.kill('SIGINT') === false || server.process.exitCode !== null);
  expect(await ended).toBe(130);
  expect((await done).status).not.toBe(0);
  expect(await staged(at.folder)).toHaveLength(1);
  await at.serve();
  await expectAsItWas();
});

test('killed in the middle of an upload, it clears away at the next start', async () => {
  const server = await at.serve();
  const { done } = await uploading(server);
  expect(await server.end('SIGKILL')).toBeNull();
  expect((await done).status).not.toBe(0);
  expect(await staged(at.folder)).toHaveLength(1);
  await at.serve();
  await expectAsItWas();
});
