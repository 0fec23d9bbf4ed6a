// Locks afterwards: none granted over another one, none half done, none that travels, none that outlives its root.
import { type Finding, type HeldLock, isCovered, isOpen, type Played } from './played.ts';
import { isBelow } from './tree.ts';

export function judgeLocks(played: Played): Finding[] {
  const shown = played.tellsLocks ? [...strange(played), ...vanished(played)] : [];
  return [...granted(played), ...shown, ...unlocked(played), ...outlived(played)];
}

const isGranted = ({ answer }: Played) => answer.status >= 200 && answer.status < 300 && answer.status !== 207;

/** RFC 4918 §6.1, §9.10.5: an exclusive lock stands beside no other in its scope. */
function conflicting({ method, target, headers, shared, locks }: Played): HeldLock[] {
  if (method !== 'LOCK') return [];
  const infinite = headers.depth !== '0';
  return locks.filter((lock) => !(shared && lock.shared) && (isCovered(target, lock) || (infinite && isBelow(lock.root, target))));
}

function granted(played: Played): Finding[] {
  if (!isGranted(played)) return [];
  return conflicting(played).map(({ root }) => ({
    level: 'must',
    section: isBelow(root, played.target) ? '9.10.3' : '9.10.5',
    says: `the LOCK was granted although ${root} is locked`,
  }));
}

function strange(played: Played): Finding[] {
  const { method, target, headers, locks, after } = played;
  const infinite = headers.depth !== '0';
  const own = (path: string) =>
    method === 'LOCK' && isGranted(played) && (path === target || (infinite && isBelow(path, target))) ? 1 : 0;
  const section: string = { COPY: '7.6', MOVE: '7.6', LOCK: '9.10.3' }[method] ?? '6.1';
  const more = [...after].filter(([path, { locks: found }]) => found > locks.filter((lock) => isCovered(path, lock)).length + own(path));
  return more.map(([path]) => {
    const above = locks.find(({ root, infinite: deep }) => !deep && isBelow(path, root));
    // nginx shows a lock of Depth 0 on everything below.
    if (above) return { level: 'should', section: '15.8', says: `${path} shows the lock of ${above.root}, which does not cover it` };
    return { level: 'must', section, says: `${path} has a lock that nobody took` };
  });
}

/** RFC 4918 §6.6 lets a server drop a lock at any time, which is not to say that a request that failed should. */
function vanished(played: Played): Finding[] {
  const { locks, after, before, unlocking } = played;
  const staying = locks.filter(({ name, root }) => name !== unlocking && after.get(root)?.collection === before.get(root)?.collection);
  return staying
    .filter((lock) => (after.get(lock.root)?.locks ?? 0) === 0 && isOpen(lock, locks))
    .map(({ root }) => ({ level: 'should', section: '6.6', says: `${root} is there, and its lock is gone` }));
}

/** RFC 4918 §9.11: UNLOCK removes one lock, the one named, and its Request-URI is in the scope of it. */
function unlocked(played: Played): Finding[] {
  const { method, target, locks, unlocking, after, answer, tellsLocks } = played;
  if (method !== 'UNLOCK') return [];
  const named = locks.find(({ name }) => name === unlocking);
  const gone = ({ root }: HeldLock) => after.get(root)?.locks === 0;
  const others = tellsLocks ? locks.filter((lock) => lock !== named && gone(lock)) : [];
  const removed = others.map(
    ({ root }): Finding => ({ level: 'must', section: '9.11', says: `the lock of ${root} is gone: its token was not sent` }),
  );
  if (!named || answer.status < 200) return removed;
  if (!isCovered(target, named) && tellsLocks && gone(named))
    removed.push({
      level: 'must',
      section: '9.11',
      says: `the lock of ${named.root} is gone by UNLOCK of ${target}, which it does not cover`,
    });
  if (isGranted(played) && tellsLocks && !gone(named))
    removed.push({
      level: isCovered(target, named) ? 'must' : 'should',
      section: '9.11',
      says: `${answer.status} although nothing was unlocked`,
    });
  if (!isGranted(played) && isCovered(target, named))
    removed.push({ level: 'should', section: '9.11', says: `${answer.status} although the token is that of the lock` });
  return removed;
}

function outlived({ outlived }: Played): Finding[] {
  return outlived
    .filter(({ status }) => status === 423)
    .map(({ path }) => ({ level: 'must', section: '6.1', says: `${path} is gone, and its lock still refuses a PUT there` }));
}
