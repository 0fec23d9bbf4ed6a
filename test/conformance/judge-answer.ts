// The answer: whether the status is one that RFC 4918 has for the case, and what of what could be done was left undone.
import type { Condition } from './answer.ts';
import { effectOf, type Finding, isKept, type Played } from './played.ts';
import { isWithin } from './tree.ts';

export function judgeAnswer(played: Played): Finding[] {
  const { answer, wanted, method } = played;
  if (answer.silence !== undefined) return [{ level: 'should', section: '11', says: `no answer: ${answer.silence}` }];
  const refused = answer.status >= 300 || answer.status < 200;
  return [
    ...(wanted.status === 412 ? judgePrecondition(played) : []),
    ...(wanted.status === 207 && refused ? judgeRefusal(played) : []),
    ...(answer.status === 207 ? judgeBestEffort(played) : []),
    ...(wanted.status < 300 && wanted.status !== 207 && refused && method !== 'UNLOCK' ? judgeNeedless(played) : []),
    ...(wanted.status >= 400 && wanted.status !== 412 ? judgeStatus(played) : []),
    ...(answer.status === 423 ? judgeCondition(answer.conditions, method) : []),
  ];
}

/** RFC 4918 §10.4.1, §10.6: what the headers of the request forbid MUST fail with a 412. */
function judgePrecondition(played: Played): Finding[] {
  const { answer, headers, locks } = played;
  if (answer.status === 412) return [];
  const refused = (answer.status >= 300 || answer.status < 200) && effectOf(played) === 'nothing';
  const level = refused ? 'should' : 'must';
  if (headers.overwrite !== 'F')
    return [{ level, section: '10.4.1', says: `${answer.status} and not 412 with an If header that is false` }];
  // The lock may be looked at first, and then it is not the header that the request fails by.
  if (refused && [423, 424].includes(answer.status) && locks.length > 0) return [];
  return [{ level, section: '10.6', says: `${answer.status} and not 412 with Overwrite: F` }];
}

/** The whole was refused because of a member. */
function judgeRefusal(played: Played): Finding[] {
  const { method, answer } = played;
  const found: Finding[] = [];
  // RFC 4918 §9.6.1 and §9.8.5, §9.9.4 name such a status; §9.10.3 wants a 207 of a LOCK, and §7.4 a 423.
  if (![423, 424].includes(answer.status))
    found.push({ level: 'should', section: '11.3', says: `${answer.status} for what a lock refuses, not 423` });
  if (effectOf(played) !== 'nothing') return found;
  return [...found, couldBeDone(played) ? lessDone(method, 'refused as a whole') : refusedAsAWhole(method)];
}

/** Whether a part could be done beside what a lock refuses. */
function couldBeDone(played: Played): boolean {
  const { method, wanted, destination, before } = played;
  if (wanted.after !== undefined) return true;
  // RFC 4918 §9.9.3: a destination that cannot be deleted is in the way of everything.
  return method === 'MOVE' && ![...before.keys()].some((path) => isWithin(path, destination ?? path) && isKept(path, played));
}

function refusedAsAWhole(method: string): Finding {
  const section = { DELETE: '9.6.1', COPY: '9.8.5', MOVE: '9.9.4', LOCK: '7.4' }[method] ?? '13';
  return { level: 'choice', section, says: 'refused as a whole' };
}

/** RFC 4918 §9.8.3, §9.9.2: as much of the original request as possible SHOULD be finished. */
function lessDone(method: string, says: string): Finding {
  return method === 'DELETE'
    ? { level: 'choice', section: '10.2', says }
    : { level: 'should', section: method === 'COPY' ? '9.8.3' : '9.9.2', says };
}

function judgeBestEffort(played: Played): Finding[] {
  const { method, before, after, wanted } = played;
  if (wanted.status !== 207 || !couldBeDone(played)) return [];
  if (effectOf(played) === 'nothing') return [lessDone(method, 'nothing was done')];
  const done = wanted.after ?? after;
  const [gone, made] = [[...before.keys()].filter((path) => !done.has(path)), [...done.keys()].filter((path) => !before.has(path))];
  const undone = [...gone.filter((path) => after.has(path)), ...made.filter((path) => !after.has(path))];
  if (undone.length === 0) return [];
  return [lessDone(method, `less was done than could be: ${undone.slice(0, 3).join(' ')}${undone.length > 3 ? ' ...' : ''}`)];
}

/** Nothing stands in the way of the request, once its tokens are there. */
function judgeNeedless({ method, answer, locks, headers }: Played): Finding[] {
  const [status, token] = [answer.status, locks.some(({ submitted }) => submitted)];
  if (token) return [{ level: 'should', section: '7', says: `${status} although the token was submitted` }];
  if (method === 'LOCK') return [{ level: 'choice', section: '9.10', says: `${status}: this LOCK is not granted` }];
  if (locks.length > 0) return [{ level: 'should', section: '7', says: `${status} although no lock protects what changes` }];
  return [{ level: 'choice', section: headers.destination ? '9.8.5' : '9', says: `${status}: not done here` }];
}

/** The case has a plain refusal. */
function judgeStatus({ answer: { status }, wanted }: Played): Finding[] {
  const said = (level: Finding['level'], section: string, says: string): Finding[] => [{ level, section, says: `${status} ${says}` }];
  if (status === wanted.status) return [];
  if (status >= 500) return said('should', '11', `for what the client has to know, not ${wanted.status}`);
  if (status === 207 || status === 424) return wanted.status === 423 ? said('choice', '11.3', 'for what one lock refuses') : [];
  if (status < 300) return wanted.status === 423 ? [] : said('choice', '9', `and not ${wanted.status}`); // What it did is judged.
  return wanted.status === 423 ? said('should', '11.3', 'for what a lock refuses, not 423') : [];
}

/** RFC 4918 §11.3, §16: a 423 SHOULD say which lock, and an element for it MUST have a URL. */
export function judgeCondition(conditions: readonly Condition[], method: string): Finding[] {
  const names = method === 'LOCK' ? ['no-conflicting-lock', 'lock-token-submitted'] : ['lock-token-submitted'];
  const condition = conditions.find(({ name }) => names.includes(name));
  if (!condition) return [{ level: 'should', section: '11.3', says: `a 423 without ${names[0]}` }];
  // The examples of §9.6.2 and others leave it empty themselves.
  if (condition.name === 'lock-token-submitted' && condition.hrefs.length === 0)
    return [{ level: 'should', section: '16', says: 'lock-token-submitted without a URL' }];
  return [];
}
