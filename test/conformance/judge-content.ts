// Data lost: content that nobody asked to be gone, or that a lock keeps, and that is nowhere afterwards.
import { type Finding, isDone, isKept, type Played } from './played.ts';
import { isWithin } from './tree.ts';

export function judgeContent(played: Played): Finding[] {
  const { before, after } = played;
  const there = new Set([...after.values()].map(({ content }) => content));
  return [...before]
    .filter(([path, { content }]) => content !== undefined && !there.has(content) && !mayGo(path, played))
    .map(([path]) => ({ ...lossOf(played), section: sectionOf(played), path }))
    .map(({ level, section, says, path }) => ({ level, section, says: `the content of ${path} is ${says}` }));
}

function lossOf({ whole }: Played): { level: Finding['level']; says: string } {
  return whole ? { level: 'lost', says: 'nowhere' } : { level: 'must', says: 'in none of the collections that can be listed' };
}

/** Whether the request, answered as it was, takes this content with it. */
function mayGo(path: string, played: Played): boolean {
  const { method, target, destination } = played;
  if (isKept(path, played)) return false;
  if (method === 'DELETE') return isMeant(played) && isWithin(path, target);
  if (method === 'PUT') return isMeant(played) && path === target && isDone(played);
  // What was at the destination goes for what comes, and not for nothing; the source is nobody's to destroy.
  if (destination === undefined || !isWithin(path, destination) || isWithin(path, target)) return false;
  return played.answer.status >= 200 && played.answer.status < 300 && (isDone(played) || hasCome(played));
}

/** The client wants it to happen: its tokens stand in a header that is false by RFC 4918, and was true by RFC 2518. */
function isMeant({ wanted, headers, answer }: Played): boolean {
  return wanted.status < 300 || (wanted.status === 412 && /<L\d>/.test(headers.if ?? '') && answer.status >= 200 && answer.status < 300);
}

function hasCome({ destination = '', target, before, after }: Played): boolean {
  const files = [...before].filter(([path, { content }]) => content !== undefined && isWithin(path, target));
  const coming = new Set(files.map(([, { content }]) => content));
  return [...after].some(([path, { content }]) => isWithin(path, destination) && coming.has(content));
}

function sectionOf({ method }: Played): string {
  return { DELETE: '9.6.1', COPY: '9.8', MOVE: '9.9', PUT: '9.7' }[method] ?? '7';
}
