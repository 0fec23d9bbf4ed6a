// Plays one scenario on a server: makes the tree and its locks, puts the request, and looks at what is there afterwards.
import { type Answer, readAnswer } from './answer.ts';
import type { Asker } from './asking.ts';
import { look } from './looking.ts';
import { type Granted, lockInfo, makeTree, takeAway, takeLock } from './making.ts';
import type { Place } from './place.ts';
import { type HeldLock, isCovered, type Played } from './played.ts';
import type { Case } from './scenarios.ts';
import { isWithin, mapped, parentOf, pathOf, type Tree } from './tree.ts';

/** Throws `NotMade` when the scenario cannot be set up. */
export async function play(asker: Asker, place: Place, { scenario, variant }: Case, tellsLocks: boolean): Promise<Played> {
  const granted: Granted[] = [];
  try {
    const before = await makeTree(asker, place, scenario.tree);
    for (const { href, locks } of scenario.tree) for (const lock of locks) granted.push(await takeLock(asker, place, href, lock));
    const locks = heldLocks({ scenario, variant });
    const [target, destination] = [pathOf(variant.target), variant.headers.destination && pathOf(variant.headers.destination)];
    const sent = variant.method === 'PUT' ? `what is put at ${variant.target}` : undefined;

    const answer = await put(asker, place, { scenario, variant }, granted, sent);
    if (variant.method === 'LOCK' && answer.token !== undefined) granted.push({ name: 'new', href: variant.target, token: answer.token });
    const files = [...before].filter(([, { collection }]) => !collection).map(([path]) => path);
    const moved = destination ? files.filter((path) => isWithin(path, target)).map((path) => mapped(path, target, destination)) : [];
    const { tree: after, whole } = await look(asker, place, [...new Set([...files, ...moved])]);
    const { status, after: wanted } = variant;
    const played = {
      method: variant.method,
      target,
      destination: destination || undefined,
      headers: variant.headers,
      shared: variant.scope === 'shared',
      sent,
      locks,
      unlocking: /<(L\d)>/.exec(variant.headers['lock-token'] ?? '')?.[1],
      before,
      answer,
      after,
      whole,
      wanted: { status, after: wanted && new Set(wanted.map(({ href }) => pathOf(href))) },
      pathOf: (href: string) => place.path(href),
      tellsLocks,
    };
    return { ...played, outlived: await outlived(asker, place, locks, answer, after) };
  } finally {
    await takeAway(asker, place, granted);
  }
}

function heldLocks({ scenario, variant }: Case): HeldLock[] {
  return scenario.tree.flatMap(({ href, locks }) =>
    locks.map(({ name, depth, scope }) => ({
      name,
      root: pathOf(href),
      infinite: depth === 'infinity' && href.endsWith('/'),
      shared: scope === 'shared',
      submitted: (variant.headers.if ?? '').includes(`<${name}>`),
    })),
  );
}

async function put(asker: Asker, place: Place, { variant }: Case, granted: readonly Granted[], sent: string | undefined): Promise<Answer> {
  const tokens = new Map(granted.map(({ name, token }) => [name, token]));
  const written = (value: string) =>
    value
      .replace(/<(L\d)>/g, (_, name: string) => `<${tokens.get(name)}>`)
      .replace(/<(\/[^>]*)>/g, (_, path: string) => `<${place.url(path)}>`);
  const headers = Object.fromEntries(
    Object.entries(variant.headers).map(([name, value]) => [name, name === 'destination' ? place.url(value) : written(value)]),
  );
  const locking = variant.method === 'LOCK';
  const typed = locking ? { ...headers, timeout: 'Second-600', 'content-type': 'application/xml; charset="utf-8"' } : headers;
  const body = locking ? lockInfo(variant.scope) : sent;
  return readAnswer(await asker.ask(variant.method, place.url(variant.target), { headers: typed, ...(body !== undefined && { body }) }));
}

/** RFC 4918 §6.1, §9.6: a lock goes with its root. What is new at that URL is then anybody's to write. */
async function outlived(
  asker: Asker,
  place: Place,
  locks: readonly HeldLock[],
  { status }: Answer,
  after: Tree,
): Promise<Played['outlived']> {
  const gone = locks.filter(
    ({ root }) => status >= 200 && status < 300 && !after.has(root) && (parentOf(root) === '/' || after.has(parentOf(root))),
  );
  const free = gone.filter(
    ({ root }) => !locks.some((lock) => after.has(lock.root) && (isCovered(root, lock) || lock.root === parentOf(root))),
  );
  const found = [];
  for (const { name, root } of free) {
    const reply = await asker.ask('PUT', place.url(root), { body: 'new' });
    found.push({ lock: name, path: root, status: reply.status });
  }
  return found;
}
