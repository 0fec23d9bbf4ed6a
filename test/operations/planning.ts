// Trees, locks and plans as text, for tests that compare whole plans.
import { Blocked } from '../../src/locks/blocked.ts';
import type { Plan, Step } from '../../src/operations/plan.ts';
import type { Tree } from '../../src/operations/tree.ts';
import type { Path, Ref } from '../../src/protocol/path.ts';
import { hrefOf } from '../../src/protocol/path.ts';
import type { Lock } from '../../src/state/state.ts';
import type { Resource } from '../../src/store/store.ts';

/** A collection when `href` ends in a slash; its path is its identity. */
export function resource(href: string): Resource {
  const collection = href.endsWith('/');
  const path = (collection && href !== '/' ? href.slice(0, -1) : href) as Path;
  return {
    path,
    collection,
    link: false,
    size: 0,
    etag: '"e"',
    modified: 0,
    created: undefined,
    executable: collection ? undefined : false,
    identity: path,
  };
}

/** `tree('/c/', tree('/c/f'))`: looked into when members are given, even none. */
export function tree(href: string, ...members: readonly Tree[]): Tree {
  return { resource: resource(href), members };
}

/** A subtree that is one step. */
export function leaf(href: string): Tree {
  return { resource: resource(href) };
}

export function lockOn(href: string, more: Partial<Lock> = {}): Lock {
  const { path: root, collection } = resource(href);
  return {
    token: `urn:${href}`,
    root,
    collection,
    scope: 'exclusive',
    depth: 'infinity',
    owner: undefined,
    principal: 'Ann',
    expires: 1,
    ...more,
  };
}

export function blockedBy(...locks: readonly Lock[]): Blocked {
  const blocked = new Map<Path, Lock[]>();
  for (const lock of locks) blocked.set(lock.root, [...(blocked.get(lock.root) ?? []), lock]);
  return new Blocked(blocked);
}

/** `2 rename /s/a -> /d/a needs 1`, one line a step. */
export function printed(plan: Plan): string[] {
  return plan.steps.map((step, index) => `${index} ${printStep(step)}`);
}

function printStep({ action, source, target, needs, refused }: Step): string {
  const shown = (ref: Ref) => hrefOf(ref);
  const to = target ? ` -> ${shown(target)}` : '';
  const displaces = 'displaces' in action && action.displaces ? ` displacing ${shown(action.displaces)}` : '';
  const members = action.do === 'prune' ? ` of ${action.members.map(shown).join(' ')}` : '';
  const same = action.do === 'clear' ? ` ${action.sameType ? 'same type' : 'other type'}` : '';
  const apart = 'apart' in action && action.apart.length > 0 ? ` but ${action.apart.join(' ')}` : '';
  const why = refused ? ` refused ${refused.status}` : '';
  const shallow = 'shallow' in action && action.shallow ? ' shallow' : '';
  return `${action.do}${shallow} ${shown(source)}${to}${displaces}${members}${same}${apart}${needs.length > 0 ? ` needs ${needs.join(' ')}` : ''}${why}`;
}

/** Every need names an earlier step: a plan has no circle. */
export function isOrdered(plan: Plan): boolean {
  return plan.steps.every(({ needs }, index) => needs.every((need) => need >= 0 && need < index));
}
