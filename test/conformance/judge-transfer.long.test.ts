// The verdicts on COPY, MOVE, LOCK and UNLOCK: each breach of RFC 4918 is found, and what it allows is not one.
import { describe, expect, test } from '@jest/globals';
import { found, lock, row } from './written.ts';

const SIDES = '/s/\n  a\n  x [L1]\n/d/\n  a\n  old';
const MOVED = { request: 'MOVE /s /d', before: SIDES, wanted: 204, leaves: ['/d', '/d/a', '/d/x'] };
const SUBMITTED = [lock('/s/x', { infinite: false, submitted: true })];

describe('MOVE and COPY', () => {
  test.each([
    ['a move is a move', { ...MOVED, locks: SUBMITTED, after: '/d/\n  a (/s/a)\n  x (/s/x)', status: 204 }, []],
    [
      'the lock travels',
      { ...MOVED, locks: SUBMITTED, after: '/d/\n  a (/s/a)\n  x (/s/x) [L1]', status: 204 },
      ['must §7.6: /d/x has a lock that nobody took'],
    ],
    [
      'merged',
      { ...MOVED, locks: SUBMITTED, after: '/d/\n  a (/s/a)\n  x (/s/x)\n  old', status: 204 },
      ['must §9.9.3: /d/old is still there: merged'],
    ],
    [
      'a refusal that destroyed',
      { ...MOVED, locks: SUBMITTED, after: '/s/\n  a\n  x [L1]', status: 403 },
      [
        'lost §9.9: the content of /d/a is nowhere',
        'lost §9.9: the content of /d/old is nowhere',
        'must §9.9.2: 403 although a part was done',
        'should §7: 403 although the token was submitted',
      ],
    ],
    [
      'the source is destroyed',
      { ...MOVED, locks: SUBMITTED, after: '/d/\n  a (/s/a)', status: 204 },
      ['lost §9.9: the content of /s/x is nowhere', 'must §9.9.2: 204 although not all was done: /d/x not there'],
    ],
    [
      'where no end of it was seen, nothing is called lost',
      { ...MOVED, locks: SUBMITTED, after: '/d/\n  a (/s/a)', status: 204, whole: false },
      [
        'must §9.9: the content of /s/x is in none of the collections that can be listed',
        'must §9.9.2: 204 although not all was done: /d/x not there',
      ],
    ],
    [
      'a Depth 0 lock that is shown below',
      {
        request: 'COPY /f /c/n',
        before: '/f\n/c/ [L1]',
        locks: [lock('/c', { infinite: false, submitted: true })],
        after: '/f\n/c/ [L1]\n  n (/f) [L1]',
        status: 201,
        wanted: 201,
      },
      ['should §15.8: /c/n shows the lock of /c, which does not cover it'],
    ],
    [
      'COPY takes its source',
      { request: 'COPY /s/a /n', before: '/s/\n  a', after: '/s/\n/n (/s/a)', status: 201, wanted: 201 },
      ['must §9.8: COPY changed its source: /s/a'],
    ],
    [
      'members of what failed',
      {
        request: 'COPY /s /n',
        before: '/s/\n  t/\n    y',
        after: '/s/\n  t/\n    y\n/n/\n  t/\n    y (/s/t/y)',
        status: 207,
        rows: row('/s/t/', 403),
        wanted: 207,
        leaves: ['/s', '/s/t', '/s/t/y', '/n'],
      },
      ['must §9.8.3: /n/t/y was made although the collection it comes from failed'],
    ],
    [
      'a 207 without a culprit',
      {
        request: 'COPY /s /n',
        before: '/s/\n  y',
        after: '/s/\n  y\n/n/',
        status: 207,
        rows: row('/s/', 424),
        wanted: 207,
        leaves: ['/s', '/s/y', '/n'],
      },
      ['must §9.8.3: a 207 that names nothing that failed by itself', 'should §9.8.3: 424 rows'],
    ],
    [
      'less than could be',
      {
        request: 'COPY /s /n',
        before: '/s/\n  y',
        after: '/s/\n  y',
        status: 423,
        rows: '',
        wanted: 207,
        leaves: ['/s', '/s/y', '/n'],
      },
      ['should §9.8.3: refused as a whole', 'should §11.3: a 423 without lock-token-submitted'],
    ],
  ])('%s', (_name, outcome, findings) => {
    expect(found(outcome)).toEqual(findings);
  });
});

describe('LOCK and UNLOCK', () => {
  const held = { before: '/c/\n  x [L1]', locks: [lock('/c/x', { infinite: false })] };
  const halfDone = { request: 'LOCK /c', ...held, after: '/c/ [new]\n  x [L1]', status: 423, wanted: 207 };
  test.each([
    [
      'granted over a lock',
      { request: 'LOCK /c', ...held, after: '/c/ [new]\n  x [L1]', status: 200, wanted: 207 },
      ['must §9.10.3: the LOCK was granted although /c/x is locked'],
    ],
    [
      'half done',
      halfDone,
      [
        'must §9.10.3: /c has a lock that nobody took',
        'choice §7.4: refused as a whole',
        'should §11.3: a 423 without no-conflicting-lock',
      ],
    ],
    [
      'no row for the Request-URI',
      {
        request: 'LOCK /c',
        ...held,
        after: held.before,
        status: 207,
        rows: row('/c/x', 423, '<D:no-conflicting-lock/>'),
        wanted: 207,
      },
      ['should §9.10.3: no 424 row for the Request-URI'],
    ],
    [
      'UNLOCK of another one',
      {
        request: 'UNLOCK /y',
        before: '/x [L1]\n/y',
        locks: [lock('/x', { infinite: false })],
        unlocking: 'L1',
        after: '/x\n/y',
        status: 204,
        wanted: 409,
      },
      ['must §9.11: the lock of /x is gone by UNLOCK of /y, which it does not cover', 'choice §9: 204 and not 409'],
    ],
    [
      'a lock that outlives its root',
      {
        request: 'DELETE /x',
        before: '/x [L1]',
        locks: [lock('/x', { infinite: false, submitted: true })],
        after: '',
        status: 204,
        wanted: 204,
        leaves: [],
        outlived: [{ lock: 'L1', path: '/x', status: 423 }],
      },
      ['must §6.1: /x is gone, and its lock still refuses a PUT there'],
    ],
  ])('%s', (_name, outcome, findings) => {
    expect(found(outcome)).toEqual(findings);
  });
});
