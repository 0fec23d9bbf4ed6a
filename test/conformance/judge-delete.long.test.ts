// The verdicts on DELETE: each breach of RFC 4918 is found, and what it allows is not one.
import { describe, expect, test } from '@jest/globals';
import { readAnswer } from './answer.ts';
import { judge } from './judge.ts';
import { pathOf } from './tree.ts';
import { found, lock, row, token, treeOf } from './written.ts';

const TREE = '/c/\n  a\n  s/\n    x [L1]';
const KEPT = '/c/\n  s/\n    x [L1]';
const LOCKS = [lock('/c/s/x', { infinite: false })];
const DELETED = { request: 'DELETE /c', before: TREE, locks: LOCKS, wanted: 207, leaves: ['/c', '/c/s', '/c/s/x'] };

describe('DELETE of a collection with a locked member', () => {
  test.each([
    ['a part, and 207', { after: KEPT, status: 207, rows: row('/c/s/x', 423, token('/c/s/x')) }, []],
    [
      'with a 424 row',
      { after: KEPT, status: 207, rows: row('/c/s/x', 423, token('/c/s/x')) + row('/c/', 424) },
      ['should §9.6.1: 424 rows'],
    ],
    [
      'with a row of success',
      { after: KEPT, status: 207, rows: row('/c/s/x', 423, token('/c/s/x')) + row('/c/a', 204) },
      ['should §9.6.1: rows of success'],
    ],
    ['a 207 without a body', { after: KEPT, status: 207 }, ['must §13: a 207 without a Multi-Status body']],
    [
      'a row twice',
      { after: KEPT, status: 207, rows: row('/c/s/x', 423, token('/c/s/x')).repeat(2) },
      ['must §14.24: two rows for /c/s/x'],
    ],
    [
      'an empty condition',
      { after: KEPT, status: 207, rows: row('/c/s/x', 423, '<D:lock-token-submitted/>') },
      ['should §16: lock-token-submitted without a URL'],
    ],
    [
      'nothing, and 423',
      { after: TREE, status: 423 },
      ['choice §10.2: refused as a whole', 'should §11.3: a 423 without lock-token-submitted'],
    ],
    [
      'nothing, and 500',
      { after: TREE, status: 500 },
      ['should §11.3: 500 for what a lock refuses, not 423', 'choice §10.2: refused as a whole'],
    ],
    ['a part, and 204', { after: KEPT, status: 204 }, ['must §9.6.1: 204 although not all was done: /c /c/s /c/s/x still there']],
    [
      'a part, and 500',
      { after: KEPT, status: 500 },
      ['should §9.6.1: 500 although a part was done', 'should §11.3: 500 for what a lock refuses, not 423'],
    ],
    [
      'the lock is gone',
      { after: '/c/\n  s/\n    x', status: 207, rows: row('/c/s/x', 423, token('/c/s/x')) },
      ['should §6.6: /c/s/x is there, and its lock is gone'],
    ],
  ])('%s', (_name, outcome, findings) => {
    expect(found({ ...DELETED, ...outcome })).toEqual(findings);
  });

  test('an ancestor is gone', () => {
    const orphan = new Map(treeOf('/c/s/x [L1]'));
    for (const [path, resource] of orphan) orphan.set(path, { ...resource, listed: false });
    const rows = row('/c/s/x', 423, token('/c/s/x'));
    const before = treeOf(TREE);
    const answer = readAnswer({ status: 207, headers: {}, text: `<D:multistatus xmlns:D="DAV:">${rows}</D:multistatus>` });
    const wanted = { status: 207, after: new Set(DELETED.leaves) };
    const known = {
      method: 'DELETE',
      target: '/c',
      destination: undefined,
      headers: {},
      shared: false,
      sent: undefined,
      unlocking: undefined,
    };
    const findings = judge({
      ...known,
      locks: LOCKS,
      before,
      after: orphan,
      whole: true,
      answer,
      wanted,
      pathOf,
      tellsLocks: true,
      outlived: [],
    });
    expect(findings.filter(({ level }) => level === 'must').map(({ section }) => section)).toEqual(['9.6.1']);
  });
});

describe('what a lock protects', () => {
  const shallow = { locks: [lock('/c', { infinite: false })], before: '/c/ [L1]\n  a\n  d/\n    e' };
  const deep = { locks: [lock('/c')], before: shallow.before };
  test.each([
    [
      'the locked member itself',
      { ...DELETED, after: '', status: 204 },
      [
        'lost §9.6.1: the content of /c/s/x is nowhere',
        'must §7: /c/s/x was deleted although it is locked and the token was not submitted',
      ],
    ],
    [
      'Depth 0: no new member',
      { request: 'MKCOL /c/n', ...shallow, after: `${shallow.before}\n  n/`, status: 201, wanted: 423 },
      ['must §7.4: /c/n was made although /c is locked and the token was not submitted'],
    ],
    [
      'Depth 0: what a member contains is not protected',
      { request: 'PUT /c/a', sent: 'new', ...shallow, after: shallow.before.replace('a', 'a (new)'), status: 204, wanted: 204 },
      [],
    ],
    [
      'Depth infinity: what a member contains is',
      { request: 'PUT /c/d/e', sent: 'new', ...deep, after: `${deep.before} (new)`, status: 204, wanted: 423 },
      [
        'lost §9.7: the content of /c/d/e is nowhere',
        'must §7.4: /c/d/e was changed although /c is locked and the token was not submitted',
      ],
    ],
    [
      'one token of two shared locks is enough',
      {
        request: 'DELETE /x',
        before: '/x [L1, L2]',
        locks: [lock('/x', { shared: true, submitted: true }), lock('/x', { shared: true, name: 'L2' })],
        after: '',
        status: 204,
        wanted: 204,
      },
      [],
    ],
  ])('%s', (_name, outcome, findings) => {
    expect(found(outcome)).toEqual(findings);
  });
});
