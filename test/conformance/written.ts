// Outcomes of requests as tests write them down, and the verdict on them in one line a finding.
import { readTree } from '../scenarios/drawing.ts';
import { readAnswer } from './answer.ts';
import { judge } from './judge.ts';
import type { HeldLock, Played } from './played.ts';
import { pathOf, type Resource, type Tree } from './tree.ts';

/** A tree as scenarios draw it; a file has the content of the path in its parentheses, and without them of its own. */
export function treeOf(drawing: string): Tree {
  const drawn = readTree(drawing.split('\n').filter((line) => line.trim() !== ''));
  return new Map(
    drawn.map(({ href, content, locks }): [string, Resource] => {
      const collection = href.endsWith('/');
      return [pathOf(href), { collection, content: collection ? undefined : (content ?? pathOf(href)), locks: locks.length, listed: true }];
    }),
  );
}

export const lock = (root: string, more: Partial<HeldLock> = {}): HeldLock => ({
  name: 'L1',
  root,
  infinite: true,
  shared: false,
  submitted: false,
  ...more,
});

interface Written extends Partial<Omit<Played, 'before' | 'after' | 'answer' | 'wanted'>> {
  readonly request: string;
  readonly before: string;
  readonly after: string;
  readonly status: number;
  readonly rows?: string;
  readonly wanted: number;
  /** The paths that the scenario leaves. */
  readonly leaves?: readonly string[];
}

export function found({ request, before, after, status, rows, wanted, leaves, ...more }: Written): string[] {
  const [method = '', target = '', destination] = request.split(' ');
  const text = rows === undefined ? '' : `<D:multistatus xmlns:D="DAV:">${rows}</D:multistatus>`;
  const played: Played = {
    method,
    target,
    destination,
    headers: {},
    shared: false,
    sent: undefined,
    locks: [],
    unlocking: undefined,
    before: treeOf(before),
    after: treeOf(after),
    whole: true,
    answer: readAnswer({ status, headers: {}, text }),
    wanted: { status: wanted, after: leaves && new Set(leaves) },
    pathOf,
    tellsLocks: true,
    outlived: [],
    ...more,
  };
  return judge(played).map(({ level, section, says }) => `${level} §${section}: ${says}`);
}

export const row = (href: string, status: number, error = '') =>
  `<D:response><D:href>${href}</D:href><D:status>HTTP/1.1 ${status} X</D:status>${error && `<D:error>${error}</D:error>`}</D:response>`;
export const token = (href: string) => `<D:lock-token-submitted><D:href>${href}</D:href></D:lock-token-submitted>`;
