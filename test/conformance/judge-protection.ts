// RFC 4918 §7: what a write lock protects stays as it is when its token was not submitted.
import { type Finding, type HeldLock, isOpen, type Played } from './played.ts';
import { changes, isBelow, isWithin, parentOf } from './tree.ts';

export function judgeProtection(played: Played): Finding[] {
  const changed = changes(played.before, played.after);
  const open = played.locks.filter((lock) => isOpen(lock, played.locks));
  const broken = open.flatMap((lock) =>
    changed.filter((path) => isProtected(path, lock, played)).map((path) => ({ path, lock, says: whatBecame(path, played) })),
  );
  const said = broken.filter(({ path }, index) => broken.findIndex((each) => each.path === path) === index);
  return said.map(({ path, lock, says }) => ({
    level: 'must',
    section: path === lock.root ? '7' : '7.4',
    says: `${path} ${says} although ${path === lock.root ? 'it is locked' : `${lock.root} is locked`} and the token was not submitted`,
  }));
}

/** Of a path that has changed. */
function isProtected(path: string, { root, infinite }: HeldLock, { before, after }: Played): boolean {
  if (path === root) return true;
  if (infinite) return isBelow(path, root);
  // RFC 4918 §7.4: Depth 0 keeps the set of the members, not what they contain.
  return parentOf(path) === root && before.has(path) !== after.has(path);
}

function whatBecame(path: string, { method, target, before, after }: Played): string {
  if (!before.has(path)) return 'was made';
  if (after.has(path)) return 'was changed';
  return method === 'MOVE' && isWithin(path, target) ? 'was moved away' : 'was deleted';
}
