// Makes what a scenario starts from, a tree and its locks, and takes away whatever has become of it.
import type { Drawn, DrawnLock } from '../scenarios/drawing.ts';
import { readAnswer } from './answer.ts';
import type { Asker, Reply } from './asking.ts';
import type { Place } from './place.ts';
import { pathOf, type Resource, type Tree } from './tree.ts';

/** A lock that was granted. */
export interface Granted {
  readonly name: string;
  readonly href: string;
  readonly token: string;
}

/** Why a scenario could not be set up. */
export class NotMade extends Error {}

/** No two files have the same content: it tells where a file came from, wherever it is found. */
export async function makeTree(asker: Asker, place: Place, drawn: readonly Drawn[]): Promise<Tree> {
  const tree = new Map<string, Resource>();
  for (const { href, content = '', locks } of drawn) {
    const collection = href.endsWith('/');
    const label = `what was at ${href} ${content}`.trim();
    const reply = collection ? await asker.ask('MKCOL', place.url(href)) : await asker.ask('PUT', place.url(href), { body: label });
    if (reply.status < 200 || reply.status > 299) throw new NotMade(`${collection ? 'MKCOL' : 'PUT'} is answered ${said(reply)}`);
    tree.set(pathOf(href), { collection, content: collection ? undefined : label, locks: locks.length, listed: true });
  }
  return tree;
}

export function lockInfo(scope: string): string {
  const owner = '<owner><href>urn:conformance</href></owner>';
  return `<?xml version="1.0" encoding="utf-8"?><lockinfo xmlns="DAV:"><lockscope><${scope}/></lockscope><locktype><write/></locktype>${owner}</lockinfo>`;
}

export async function takeLock(asker: Asker, place: Place, href: string, { name, scope, depth }: DrawnLock): Promise<Granted> {
  const headers = { depth, timeout: 'Second-600', 'content-type': 'application/xml; charset="utf-8"' };
  const reply = await asker.ask('LOCK', place.url(href), { headers, body: lockInfo(scope) });
  const { token } = readAnswer(reply);
  if (token === undefined) throw new NotMade(`no locks: a LOCK (${scope}, Depth: ${depth}) is answered ${said(reply)}`);
  return { name, href, token };
}

/** Whether all of it is gone. */
export async function takeAway(asker: Asker, place: Place, granted: readonly Granted[]): Promise<boolean> {
  for (const { href, token } of granted) await asker.ask('UNLOCK', place.url(href), { headers: { 'lock-token': `<${token}>` } });
  const removed = await asker.ask('DELETE', place.url('/'));
  if (isGone(removed)) return true;
  // A lock that is somewhere else by now: all tokens, in a header that is true of any resource.
  const lists = [...granted.map(({ token }) => `(<${token}>)`), '(Not <DAV:no-lock>)'];
  return isGone(await asker.ask('DELETE', place.url('/'), { headers: { if: lists.join(' ') } }));
}

function isGone({ status }: Reply): boolean {
  return (status >= 200 && status < 300 && status !== 207) || status === 404;
}

export function said({ status, text }: Reply): string {
  return status === 0 ? `with nothing (${text})` : String(status);
}
