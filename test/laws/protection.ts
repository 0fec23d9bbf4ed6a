// Which locks keep Ann from what, by RFC 4918 §6 and §7: a second, slower way to say what the server's lock table says.
import { ancestorsOf, isWithin, type Path } from '../../src/protocol/path.ts';
import type { Lock } from '../../src/state/state.ts';
import type { Play } from './play.ts';
import { submittedIn } from './scene.ts';
import { nameOfLock } from './snapshot.ts';

/** The locks that apply to `path` and are not opened: one own token that is submitted opens them all (§6.2, §7.5). */
export function closing({ before, scene }: Play, path: Path): readonly Lock[] {
  const applying = before.locks.filter(({ root, depth }) => root === path || (depth === 'infinity' && isWithin(path, root)));
  const submitted = submittedIn(scene);
  return applying.some(({ token, principal }) => principal === 'Ann' && submitted.has(nameOfLock(token))) ? [] : applying;
}

/** What Ann may not change within `tree`; what is below one of these is not attempted, whatever locks it has of its own. */
export function outermostClosed(play: Play, tree: Path): Path[] {
  const closed = [...play.before.resources.keys()].filter((path) => isWithin(path, tree) && closing(play, path).length > 0);
  const all = new Set(closed);
  return closed.filter((path) => !ancestorsOf(path).some((above) => all.has(above)));
}

/** The lock roots within `tree` that Ann may not change. */
export function closedRoots(play: Play, tree: Path): Path[] {
  const roots = new Set(play.before.locks.map(({ root }) => root));
  return [...roots].filter((root) => isWithin(root, tree) && closing(play, root).length > 0);
}
