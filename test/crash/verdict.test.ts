// The judge of the crash harness: what it lets pass, and that it finds each kind of damage.
import { describe, expect, test } from '@jest/globals';
import type { Operation } from './operation.ts';
import { changed, copied, EMPTY, type Member, moved, removed, type Tree, written } from './tree.ts';
import { judge } from './verdict.ts';

const file = (text: string, more: Partial<Member> = {}): Member => ({
  content: Buffer.from(text),
  properties: new Map([['p', text]]),
  lock: undefined,
  ...more,
});
const collection: Member = { content: undefined, properties: EMPTY, lock: undefined };
const L1 = { token: 'L1', infinite: true };
const BEFORE: Tree = new Map([
  ['/s', collection],
  ['/s/a', file('a')],
  ['/s/b', file('b', { lock: L1 })],
  ['/d', collection],
  ['/d/a', file('old')],
]);

const pending = (method: string, after: Tree, whole: boolean): Operation => ({
  sent: { method, path: '/s/', to: '/d/' },
  done: [204],
  refused: [],
  after: () => after,
  whole,
});
const COPY = pending('COPY', copied(BEFORE, '/s', '/d'), true);
const COPY_BY_MEMBER = { ...COPY, whole: false };
const MOVE_BY_MEMBER = pending('MOVE', moved(BEFORE, '/s', '/d'), false);
const DELETE_BY_MEMBER = pending('DELETE', removed(BEFORE, '/s'), false);

describe('passes', () => {
  test.each<[string, Operation | undefined, Tree]>([
    ['what was acknowledged', undefined, BEFORE],
    ['what was not begun', COPY, BEFORE],
    ['what was done', COPY, COPY.after()],
    ['a copy of some members, each of them whole', COPY_BY_MEMBER, changed(BEFORE, '/d/a', file('a'))],
    ['a move of some members', MOVE_BY_MEMBER, changed(removed(BEFORE, '/s/a'), '/d/a', file('a'))],
    ['a deletion of some members', DELETE_BY_MEMBER, removed(BEFORE, '/s/a')],
    [
      'a lock whose token was never told',
      pending('LOCK', changed(BEFORE, '/d/a', { lock: { ...L1, token: undefined } }), true),
      changed(BEFORE, '/d/a', { lock: L1 }),
    ],
  ])('%s', (_what, operation, seen) => {
    expect(judge(BEFORE, operation, seen)).toEqual([]);
  });
});

describe('finds', () => {
  test.each<[string, Operation | undefined, Tree, string]>([
    ['a file that was lost', undefined, removed(BEFORE, '/s/a'), '/s/a: is not there'],
    ['a file that nobody made', undefined, changed(BEFORE, '/s/c', file('c')), '/s/c: is there'],
    ['half a file', undefined, written(BEFORE, '/s/a', Buffer.from('')), '/s/a: has other content'],
    ['a property that was lost', undefined, changed(BEFORE, '/s/a', { properties: EMPTY }), '/s/a: has other properties'],
    ['a lock that was lost', undefined, changed(BEFORE, '/s/b', { lock: undefined }), '/s/b: has another lock'],
    ['a lock that nobody took', undefined, changed(BEFORE, '/s/a', { lock: L1 }), '/s/a: has another lock'],
    ['a part of what is all or nothing', COPY, changed(BEFORE, '/d/a', file('a')), 'it is neither done nor undone'],
    [
      'new content with old properties',
      COPY_BY_MEMBER,
      written(BEFORE, '/d/a', Buffer.from('a')),
      '/d/a: is neither as it was nor as it was to be',
    ],
    ['what a copy took away', COPY_BY_MEMBER, removed(BEFORE, '/s/a'), '/s/a: is not there'],
    ['what a move took away', MOVE_BY_MEMBER, removed(removed(BEFORE, '/s/a'), '/d/a'), '/s/a: is neither here nor there'],
    ['what a deletion must leave', DELETE_BY_MEMBER, removed(BEFORE, '/d/a'), '/d/a: is not there'],
  ])('%s', (_what, operation, seen, wrong) => {
    expect(judge(BEFORE, operation, seen)).toContain(wrong);
  });
});
