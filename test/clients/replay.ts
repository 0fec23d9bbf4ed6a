// Plays a conversation to a server over raw sockets and says what was not as the client needs it.
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Conversation, Exchange } from './conversation.ts';
import { type RawAnswer, RawSocket } from './raw-socket.ts';

export interface Stage {
  readonly port: number;
  /** The folder that is served. */
  readonly folder: string;
  /** '' or `/dav`: stands for `{base}`. */
  readonly base: string;
}

/** By name: `{token}` in an expectation takes the value in, everywhere after it gives it out. */
type Captured = Map<string, string>;

/** What was wrong, a line each; empty when all was right. Stops a socket at its first wrong status: the rest would follow from it. */
export async function play({ before, after, exchanges }: Conversation, stage: Stage): Promise<string[]> {
  const { base, folder, port } = stage;
  await plant(before, folder);
  const captured: Captured = new Map([
    ['base', base],
    ['host', `127.0.0.1:${port}`],
  ]);
  const sockets = [...new Set(exchanges.map(({ socket }) => socket))];
  const played = sockets.map((socket) =>
    playSocket(
      exchanges.filter((exchange) => exchange.socket === socket),
      port,
      captured,
    ),
  );
  const problems = (await Promise.all(played)).flat();
  return [...problems, ...(await compareTree(after, folder))];
}

async function playSocket(exchanges: readonly Exchange[], port: number, captured: Captured): Promise<string[]> {
  const problems: string[] = [];
  let socket: RawSocket | undefined;
  try {
    for (const exchange of exchanges) {
      socket ??= await RawSocket.open(port);
      const answer = await ask(exchange, socket, captured);
      const found = check(exchange, answer, captured);
      problems.push(...found.map((problem) => `${exchange.name}: ${problem}`));
      if (answer.status !== exchange.status) return problems;
      if (answer.headers.get('connection') !== 'close') continue;
      socket.close();
      socket = undefined;
    }
  } catch (error) {
    problems.push((error as Error).message);
  } finally {
    socket?.close();
  }
  return problems;
}

const CHUNK = 7; // bytes: a body of any length has several

async function ask({ head, body }: Exchange, socket: RawSocket, captured: Captured): Promise<RawAnswer> {
  const bytes = Buffer.from(filled(body ?? '', captured));
  const lines = head.map((line) => filled(line, captured).replace('{length}', String(bytes.length)));
  const asks = (field: RegExp) => lines.some((line) => field.test(line));
  socket.send(`${lines.join('\r\n')}\r\n\r\n`);
  const bodyless = asks(/^HEAD /);
  if (asks(/^expect: 100-continue$/i)) {
    const first = await socket.answer(bodyless);
    if (first.status !== 100) return first;
  }
  if (asks(/^transfer-encoding: chunked$/i)) {
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const chunk = bytes.subarray(at, at + CHUNK);
      socket.send(Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]));
    }
    socket.send('0\r\n\r\n');
  } else socket.send(bytes);
  return socket.answer(bodyless);
}

/** `{basic NAME:PASSWORD}` is encoded; `{length}` is left for later. */
function filled(text: string, captured: Captured): string {
  return text
    .replace(/\{basic ([^}]*)\}/g, (_whole, credentials: string) => Buffer.from(credentials).toString('base64'))
    .replace(/\{(\w+)\}/g, (whole, name: string) => captured.get(name) ?? whole);
}

/**
 * Expectations: `Name: value` is a header, in which `...` stands for anything and `{name}` for a value to take in; `! Name` is a
 * header that must not be there; `+ text` and `- text` must and must not stand in the body; `3x text` stands there three times.
 */
function check({ status, expected }: Exchange, answer: RawAnswer, captured: Captured): string[] {
  if (answer.status !== status) return [`${answer.status} instead of ${status}\n${answer.body}`];
  return expected.flatMap((line) => {
    const [, sign = '', text = ''] = /^(\+|-|!|\d+x) (.*)$/.exec(line) ?? [];
    const wanted = filled(text, captured);
    const times = answer.body.split(wanted).length - 1;
    switch (sign) {
      case '':
        return checkHeader(line, answer, captured);
      case '!':
        return answer.headers.has(wanted.toLowerCase()) ? [`has the header ${wanted}`] : [];
      case '+':
        return times > 0 ? [] : [`lacks ${wanted}\n${answer.body}`];
      case '-':
        return times === 0 ? [] : [`holds ${wanted}\n${answer.body}`];
      default:
        return times === Number.parseInt(sign, 10) ? [] : [`holds ${wanted} ${times} times, not ${sign}\n${answer.body}`];
    }
  });
}

function checkHeader(line: string, { headers }: RawAnswer, captured: Captured): string[] {
  const [, name = '', value = ''] = /^([\w-]+): (.*)$/.exec(line) ?? [];
  if (name === '') throw new Error(`the expectation is not understood: ${line}`);
  const pattern = filled(value, captured)
    .replace(/[\\^$.*+?()[\]|]/g, '\\$&')
    .replaceAll('\\.\\.\\.', '.*')
    .replace(/\{(\w+)\}/g, '(?<$1>.+)');
  const found = headers.get(name.toLowerCase());
  const match = new RegExp(`^${pattern}$`).exec(found ?? '');
  for (const [key, taken] of Object.entries(match?.groups ?? {})) captured.set(key, taken);
  return found !== undefined && match ? [] : [`${name}: ${found} instead of ${value}`];
}

/** A line of a tree: `/folder/`, or `/file "content"`, perhaps with its time; the path percent-encoded, so that NFC and NFD differ. */
const FILE = /^(\S+) "(.*?)"(?: (.*GMT))?$/;

async function plant(tree: readonly string[], folder: string): Promise<void> {
  for (const line of tree) {
    const [, path = line, content, time] = FILE.exec(line) ?? [];
    const at = join(folder, decodeURIComponent(path));
    if (content === undefined) await mkdir(at, { recursive: true });
    else await writeFile(at, content);
    if (time !== undefined) await utimes(at, new Date(), new Date(time));
  }
}

async function compareTree(expected: readonly string[], folder: string): Promise<string[]> {
  const timed = new Set(expected.filter((line) => FILE.exec(line)?.[3]).map((line) => FILE.exec(line)?.[1]));
  const found = await listing(folder, '', (path) => timed.has(path));
  return [
    ...expected.filter((line) => !found.includes(line)).map((line) => `afterwards there is no ${line}`),
    ...found.filter((line) => !expected.includes(line)).map((line) => `afterwards there is ${line}`),
  ];
}

async function listing(folder: string, below: string, timed: (path: string) => boolean): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    if (entry.name === '.dav207') continue;
    const path = `${below}/${entry.name}`;
    const shown = path.split('/').map(encodeURIComponent).join('/');
    if (entry.isDirectory()) lines.push(`${shown}/`, ...(await listing(folder, path, timed)));
    else {
      const time = timed(shown) ? ` ${(await stat(join(folder, path))).mtime.toUTCString()}` : '';
      lines.push(`${shown} "${await readFile(join(folder, path), 'utf8')}"${time}`);
    }
  }
  return lines;
}
