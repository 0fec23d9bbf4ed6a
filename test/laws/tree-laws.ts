// Laws of what is there afterwards: I5, I6, I8, and that no byte is lost.
import { isBelow, isWithin, type Path, parentOf, ROOT, rebase } from '../../src/protocol/path.ts';
import { culpritsOf } from './answer-rows.ts';
import { destinationOf, everyFull, everyPlay, firstOf, isSuccess, isWithinAny, type Law, targetOf, vanished } from './law.ts';
import type { Play } from './play.ts';
import { closing } from './protection.ts';
import { said } from './snapshot.ts';

export const treeLaws: readonly Law[] = [
  {
    name: 'I5',
    sentence: 'DELETE: exactly the resources known to exist in the tree afterwards have rows; after a success there are none.',
    broken: everyFull(deletedUntold),
  },
  {
    name: 'I6',
    sentence: 'COPY, MOVE: a source resource without a row of its own, at either URL, and not below an aborted one, was handled.',
    broken: everyFull(unhandledUntold),
  },
  {
    name: 'I8',
    sentence: 'Nothing is on both sides after a MOVE, COPY leaves its source alone, and what the request does not name stays as it was.',
    broken: everyPlay(inconsistent),
  },
  {
    name: 'bytes',
    sentence: 'Every file is afterwards where it was, or where it was moved to, unless the answer says that it was deleted or replaced.',
    broken: everyPlay(lostFile),
  },
  {
    name: 'whole',
    sentence: 'Every content that is there was there before, where it may come from, and has the dead properties it had.',
    broken: everyPlay(foreignContent),
  },
  {
    name: 'locked',
    sentence: 'What is locked and not opened by a token of Ann is the same resource, byte for byte and property for property.',
    broken: everyPlay(changedInSpiteOfLock),
  },
  {
    name: 'prune',
    sentence: 'COPY takes nothing out of a destination collection in which something could not be copied (RFC 4918 §9.8.3, §9.8.4).',
    broken: everyFull(prunedAboveFailure),
  },
];

/** What could not be looked at has members that nobody knows. */
function isUnknown({ hits }: Play, path: Path): boolean {
  return hits.some((hit) => (hit.verb === 'list' || hit.verb === 'stat') && isBelow(path, hit.path));
}

function deletedUntold(play: Play): string | undefined {
  if (play.scene.asked.method !== 'DELETE' || (play.status !== 207 && !isSuccess(play))) return undefined;
  const rows = new Map(play.rows.map((row) => [row.path, row]));
  const left = [...play.after.resources.values()].filter(({ path }) => isWithin(path, targetOf(play)));
  const untold = firstOf(left, (seen) => !rows.has(seen.path) && !isUnknown(play, seen.path) && `${said(seen)} is there and has no row`);
  // A member that another program removed meanwhile has its 404: a failure to delete it all the same (RFC 4918 §9.6.1).
  return (
    untold ?? firstOf(rows.keys(), (path) => !play.after.resources.has(path) && !vanished(play, path) && `${path} has a row and is gone`)
  );
}

function unhandledUntold(play: Play): string | undefined {
  const { method, headers } = play.scene.asked;
  const to = destinationOf(play);
  const from = targetOf(play);
  if (to === undefined || (play.status !== 207 && !isSuccess(play))) return undefined;
  const told = new Set(play.rows.map(({ path }) => path));
  const aborted = play.rows.filter(({ outcome }) => outcome === 'aborted').map(({ path }) => path);
  return firstOf(play.before.resources.values(), (seen) => {
    const { path } = seen;
    if (!isWithin(path, from) || (headers.depth === '0' && path !== from)) return undefined;
    const copy = rebase(path, from, to);
    if (told.has(path) || told.has(copy) || isWithinAny(path, aborted) || isWithinAny(copy, aborted)) return undefined;
    if (isUnknown(play, path) || isUnknown(play, copy) || vanished(play, path) || vanished(play, copy)) return undefined;
    const there = play.after.resources.get(copy);
    if (!there || said({ ...there, path }) !== said(seen)) return `${said(seen)} is not at ${copy}, and has no row`;
    return method === 'MOVE' && play.after.resources.has(path) && `${said(seen)} did not go, and has no row`;
  });
}

function inconsistent(play: Play): string | undefined {
  const { method } = play.scene.asked;
  const { before, after } = play;
  const to = destinationOf(play);
  const from = targetOf(play);
  const changing = method === 'DELETE' || method === 'MOVE' ? [from, to] : [to];
  const names = new Set([...before.resources.keys(), ...after.resources.keys()]);
  const elsewhere = firstOf(names, (path) => {
    if (isWithinAny(path, changing) || vanished(play, path)) return undefined;
    const [was, is] = [before.resources.get(path), after.resources.get(path)];
    return (was && said(was) + was.identity) !== (is && said(is) + is.identity) && `${path} is not what it was`;
  });
  if (elsewhere || method !== 'MOVE' || to === undefined) return elsewhere;
  return firstOf(before.resources.values(), ({ path, content }) => {
    if (content === undefined || !isWithin(path, from) || after.resources.get(path)?.content !== content) return undefined;
    const copy = rebase(path, from, to);
    return copy !== path && after.resources.get(copy)?.content === content && `${path} is at ${copy} as well`;
  });
}

function lostFile(play: Play): string | undefined {
  const { before, after, rows, scene } = play;
  const { method } = scene.asked;
  const to = destinationOf(play);
  const from = targetOf(play);
  const aborted = rows.filter(({ outcome }) => outcome === 'aborted').map(({ path }) => path);
  const told = new Set(rows.map(({ path }) => path));
  const destroys = method === 'DELETE' ? from : to;
  return firstOf(before.resources.values(), (seen) => {
    const { path, content } = seen;
    if (content === undefined || vanished(play, path) || after.resources.get(path)?.content === content) return undefined;
    if (method === 'MOVE' && to !== undefined && isWithin(path, from)) {
      const moved = rebase(path, from, to);
      if (after.resources.get(moved)?.content === content || vanished(play, moved)) return undefined;
    }
    const mayGo = destroys !== undefined && isWithin(path, destroys) && (play.status === 207 || isSuccess(play));
    return (!mayGo || told.has(path) || isWithinAny(path, aborted)) && `${said(seen)} is lost`;
  });
}

function foreignContent(play: Play): string | undefined {
  const { before, after, scene } = play;
  const to = destinationOf(play);
  const from = targetOf(play);
  const owners = new Map([...before.resources.values()].map((seen) => [seen.content, seen]));
  return firstOf(after.resources.values(), (seen) => {
    const { path, content, property, collection } = seen;
    const origin = to !== undefined && isWithin(path, to) ? rebase(path, to, from) : undefined;
    if (collection) {
      const properties = [path, origin].map((each) => each && before.resources.get(each)?.property);
      return property !== undefined && !properties.includes(property) && `${said(seen)} has a property of something else`;
    }
    if (scene.asked.method === 'LOCK' && !before.resources.has(path)) return undefined;
    const owner = owners.get(content);
    if (!owner || (owner.path !== path && owner.path !== origin)) return `${said(seen)} was not there before, and not at ${origin}`;
    return owner.property !== property && `${said(seen)} does not have the properties of ${said(owner)}`;
  });
}

function changedInSpiteOfLock(play: Play): string | undefined {
  const { before, after } = play;
  return firstOf(before.resources.values(), (seen) => {
    const { path } = seen;
    const locks = closing(play, path);
    if (locks.length === 0 || vanished(play, path)) return undefined;
    const now = after.resources.get(path);
    if (!now || said(now) !== said(seen) || now.identity !== seen.identity)
      return `${said(seen)} is locked and became ${now ? said(now) : 'nothing'}`;
    if (!seen.collection) return undefined;
    // RFC 4918 §7.4: the lock of a collection, whatever its depth, keeps its internal members.
    const [were, are] = [before, after].map(({ resources }) => membersIn(resources.keys(), path).filter((each) => !vanished(play, each)));
    return were?.join() !== are?.join() && `${path} is locked and has the members ${are} instead of ${were}`;
  });
}

function membersIn(paths: Iterable<Path>, collection: Path): Path[] {
  return [...paths].filter((path) => path !== ROOT && parentOf(path) === collection).sort();
}

function prunedAboveFailure(play: Play): string | undefined {
  const to = destinationOf(play);
  const from = targetOf(play);
  const { before, after, rows, scene } = play;
  if (scene.asked.method !== 'COPY' || to === undefined || play.status !== 207) return undefined;
  const inSource = (path: Path) => before.resources.get(isWithin(path, to) ? rebase(path, to, from) : path);
  const failed = culpritsOf(rows)
    .filter(({ path }) => inSource(path))
    .map(({ path }) => (isWithin(path, to) ? path : rebase(path, from, to)));
  return firstOf(before.resources.values(), (seen) => {
    const { path } = seen;
    if (!isBelow(path, to) || inSource(path) || !inSource(parentOf(path))?.collection || after.resources.has(path)) return undefined;
    // With Depth 0 no member has a counterpart.
    if (scene.asked.headers.depth === '0' || vanished(play, path)) return undefined;
    const failure = failed.find((each) => isWithin(each, parentOf(path)));
    return failure !== undefined && `${said(seen)} was taken away, though ${failure} was not copied`;
  });
}
