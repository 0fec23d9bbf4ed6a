// What was done, held against what was said: a success is all of it, a refusal nothing, and what is there is consistent.

import { effectOf, type Finding, isDone, leftAtDestination, type Played, wantedAtDestination } from './played.ts';
import { changes, isBelow, isWithin, mapped, sameAt } from './tree.ts';

export function judgeEffect(played: Played): Finding[] {
  return [...inconsistent(played), ...untrue(played), ...merged(played), ...skipped(played), ...elsewhere(played)];
}

const SECTION: Readonly<Record<string, string>> = { DELETE: '9.6.1', COPY: '9.8.3', MOVE: '9.9.2', PUT: '9.7', MKCOL: '9.3' };

/** RFC 4918 §5.1, §9.6.1: what answers at its URL is a member of the collection above; all ancestors of what stays stay. */
function inconsistent({ method, after }: Played): Finding[] {
  const unlisted = [...after].filter(([, { listed }]) => !listed);
  return unlisted.map(([path]) => ({
    level: 'must',
    section: method === 'DELETE' ? '9.6.1' : '5.1',
    says: `${path} is there, and no collection lists it`,
  }));
}

function untrue(played: Played): Finding[] {
  const { method, answer } = played;
  const section = SECTION[method];
  if (section === undefined || answer.status === 207) return [];
  const effect = effectOf(played);
  const said = answer.status || 'no answer';
  if (answer.status >= 200 && answer.status < 300) {
    if (isDone(played)) return [];
    return [
      {
        level: 'must',
        section,
        says: `${said} although ${effect === 'nothing' ? 'nothing was done' : `not all was done: ${left(played)}`}`,
      },
    ];
  }
  if (effect === 'nothing') return [];
  // RFC 4918 §9.6.1: a 4xx MAY be sent if the request failed completely. For COPY and MOVE the 207 is a MUST.
  return [
    { level: method === 'DELETE' ? 'should' : 'must', section, says: `${said} although ${effect === 'all' ? 'all' : 'a part'} was done` },
  ];
}

function left(played: Played): string {
  const { method, target, before, after } = played;
  const stayed = method === 'COPY' ? [] : [...after.keys()].filter((path) => isWithin(path, target));
  const missing = [...wantedAtDestination(played)].filter(([there, here]) => !sameAt(before, here, after, there)).map(([there]) => there);
  const named = (paths: readonly string[], says: string) =>
    paths.length > 0 ? [`${paths.slice(0, 3).join(' ')}${paths.length > 3 ? ' ...' : ''} ${says}`] : [];
  return [...named(missing, 'not there'), ...named(stayed, 'still there')].join(', ') || 'it is not what was asked for';
}

/** RFC 4918 §9.8.4, §9.9.3: an overwritten collection has the members of the source, and no others. */
function merged(played: Played): Finding[] {
  const { method, answer } = played;
  if (answer.status < 200 || answer.status > 299 || answer.status === 207) return [];
  const section = method === 'COPY' ? '9.8.4' : '9.9.3';
  return leftAtDestination(played).map((path) => ({ level: 'must', section, says: `${path} is still there: merged` }));
}

/** RFC 4918 §9.8.3, §9.9.2: the members of an internal collection that failed MUST NOT be copied or moved. */
function skipped({ method, target, destination, before, after, answer, pathOf }: Played): Finding[] {
  if (destination === undefined || answer.status !== 207) return [];
  const failed = (answer.rows ?? []).filter(({ status }) => status >= 400 && status !== 424).flatMap(({ hrefs }) => hrefs.map(pathOf));
  const brought = failed
    .filter((path) => path !== undefined && before.get(path)?.collection && isWithin(path, target))
    .flatMap((path = '') => {
      const there = mapped(path, target, destination);
      return [...after.keys()].filter((each) => isBelow(each, there) && !before.has(each));
    });
  const section = method === 'COPY' ? '9.8.3' : '9.9.2';
  return brought.map((path) => ({ level: 'must', section, says: `${path} was made although the collection it comes from failed` }));
}

function elsewhere({ method, target, destination, before, after }: Played): Finding[] {
  const inside = (path: string) => isWithin(path, target) || (destination !== undefined && isWithin(path, destination));
  const strange = changes(before, after).filter((path) => !inside(path));
  const source = changes(before, after).filter(
    (path) => method === 'COPY' && isWithin(path, target) && !isWithin(path, destination ?? path),
  );
  const section = SECTION[method] ?? '9.10.3';
  return [
    ...strange.map((path): Finding => ({ level: 'must', section, says: `${path} changed, which the request is not about` })),
    ...source.map((path): Finding => ({ level: 'must', section: '9.8', says: `COPY changed its source: ${path}` })),
  ];
}
