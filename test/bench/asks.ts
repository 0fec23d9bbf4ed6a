// The requests that rows share, and what is right in their answers.
import type { Reply } from '../conformance/asking.ts';
import type { Contender } from './contender.ts';
import { Cannot, Cut, Wrong } from './scene.ts';

export const XML = { 'Content-Type': 'application/xml; charset=utf-8' };
const HEAD = '<?xml version="1.0" encoding="utf-8"?>';

export const LOCK_BODY = `${HEAD}<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>bench</D:owner></D:lockinfo>`;
export const LOCK_HEADERS = { ...XML, Depth: '0', Timeout: 'Second-3600' };
export const MARK_BODY = `${HEAD}<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><B:mark xmlns:B="urn:bench">a mark</B:mark></D:prop></D:set></D:propertyupdate>`;

export function propfindBody(...names: readonly string[]): string {
  const asked = names.map((name) => (name === 'mark' ? '<B:mark xmlns:B="urn:bench"/>' : `<D:${name}/>`)).join('');
  return `${HEAD}<D:propfind xmlns:D="DAV:">${names.length > 0 ? `<D:prop>${asked}</D:prop>` : '<D:allprop/>'}</D:propfind>`;
}

/** An element's end, whatever its prefix. */
export const closing = (name: string) => `</(?:[A-Za-z0-9_]+:)?${name}>`;

/** What does not know a method says so with one of these. */
const UNKNOWN = [403, 405, 501];

export async function ask(
  at: Contender,
  method: string,
  path: string,
  expect: readonly number[],
  more: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {},
): Promise<Reply> {
  const reply = await at.asker.ask(method, at.url(path), more);
  if (expect.includes(reply.status)) return reply;
  if (reply.status === 0)
    throw /time|aborted/.test(reply.text)
      ? new Cut(`more than ${at.patience / 1000} s`)
      : new Wrong(`no answer to ${method}: ${reply.text}`);
  if (UNKNOWN.includes(reply.status)) throw new Cannot(`${reply.status} to ${method}`);
  throw new Wrong(`${reply.status} to ${method}`);
}

/** The token of an exclusive lock. */
export async function lock(at: Contender, path: string): Promise<string> {
  const { headers } = await ask(at, 'LOCK', path, [200, 201], { headers: LOCK_HEADERS, body: LOCK_BODY });
  const token = /<([^>]+)>/.exec(headers['lock-token'] ?? '')?.[1];
  if (token === undefined) throw new Wrong('a LOCK without a Lock-Token');
  return token;
}

/** The lock may have gone with what it was on. */
export async function unlock(at: Contender, path: string, token: string): Promise<void> {
  await at.asker.ask('UNLOCK', at.url(path), { headers: { 'Lock-Token': `<${token}>` } });
}

/** COPY or MOVE. */
export function transfer(at: Contender, method: 'COPY' | 'MOVE', from: string, to: string): Promise<Reply> {
  return ask(at, method, from, [200, 201, 204], { headers: { Destination: at.url(to), Overwrite: 'F' } });
}

/** A PROPPATCH without a body in its answer, as lighttpd has it, is seen in the property that is then there. */
export async function keepsProperties(at: Contender, path: string): Promise<void> {
  await ask(at, 'PROPPATCH', path, [204, 207], { headers: XML, body: MARK_BODY });
  const { text } = await ask(at, 'PROPFIND', path, [207], { headers: { ...XML, Depth: '0' }, body: propfindBody('mark') });
  if (!text.includes('a mark</')) throw new Cannot('no dead properties');
}

/** To make ready: Apache's locks suffer from two requests at once; the others can wait for the disk once for several. */
export function connectionsFor(at: Contender): number {
  return at.peer.name === 'Apache' ? 1 : 16;
}
