// LOCK, of what is there and of what is not yet, and UNLOCK.
import { lockBody } from './bodies.ts';
import { aMember, aPlace, type Chooser, spelt, submitting } from './chooser.ts';
import type { Operation } from './operation.ts';
import { changed, isIn, pathsIn, type Tree } from './tree.ts';

export function lock(chooser: Chooser): Operation | undefined {
  const { random, tree, home } = chooser;
  const path = (random.chance(75) ? aMember(chooser) : undefined) ?? aPlace(chooser);
  const infinite = random.chance(50);
  const conflicting = pathsIn(tree, home).some((other) => conflicts(tree, other, path, infinite));
  if (conflicting) return undefined;
  const depth = infinite ? 'infinity' : '0';
  return {
    sent: {
      method: 'LOCK',
      path: spelt(tree, path),
      headers: { depth, timeout: 'Second-80000', 'content-type': 'application/xml', ...submitting(chooser) },
      body: lockBody(),
    },
    done: tree.has(path) ? [200] : [201],
    refused: [],
    // RFC 4918 §9.10.4: a lock on nothing makes an empty file.
    after: (token) => changed(tree, path, { ...(!tree.has(path) && { content: Buffer.alloc(0) }), lock: { token, infinite } }),
    whole: true,
  };
}

function conflicts(tree: Tree, other: string, path: string, infinite: boolean): boolean {
  const held = tree.get(other)?.lock;
  if (!held) return false;
  return other === path || (held.infinite && isIn(path, other)) || (infinite && isIn(other, path));
}

export function unlock({ random, tree, home }: Chooser): Operation | undefined {
  const path = random.pick(pathsIn(tree, home).filter((each) => tree.get(each)?.lock?.token !== undefined));
  const token = path === undefined ? undefined : tree.get(path)?.lock?.token;
  if (path === undefined || token === undefined) return undefined;
  return {
    sent: { method: 'UNLOCK', path: spelt(tree, path), headers: { 'lock-token': `<${token}>` } },
    done: [204],
    refused: [],
    after: () => changed(tree, path, { lock: undefined }),
    whole: true,
  };
}
