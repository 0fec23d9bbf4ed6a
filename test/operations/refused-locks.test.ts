// S10 and S11 where a right is missing and no lock: the rows that such a refusal gets, whoever comes to refuse it.
import { expect, test } from '@jest/globals';
import { NOTHING_BLOCKED } from '../../src/locks/blocked.ts';
import { NOTHING } from '../../src/operations/outcome.ts';
import type { Plan, Side } from '../../src/operations/plan.ts';
import { rowsOf } from '../../src/operations/rows.ts';
import { DavError } from '../../src/protocol/error.ts';
import { hrefOf, type Ref } from '../../src/protocol/path.ts';
import { resource } from './planning.ts';

const refTo = (href: string): Ref => ({ path: resource(href).path, collection: href.endsWith('/') });

/** `/t/ 424 aborted <- /t/sub/`, one line a row. */
function rows(plan: Pick<Plan, 'verb' | 'root' | 'target'>, side: Side, refused: string): string[] {
  const failures = [{ side, ref: refTo(refused), error: new DavError(403, 'You may not lock or unlock this.') }];
  return rowsOf({ ...plan, steps: [], blocked: NOTHING_BLOCKED }, { ...NOTHING, failures, aborted: false }).map(
    ({ ref, status, dependency }) =>
      `${hrefOf(ref)} ${status}${dependency ? ` ${dependency.outcome} <- ${dependency.causes.map((cause) => hrefOf(cause)).join(' ')}` : ''}`,
  );
}

test('S10: a member that may not be locked', () => {
  expect(rows({ verb: 'lock', root: refTo('/t/') }, 'source', '/t/sub/x.txt')).toEqual([
    '/t/ 424 aborted <- /t/sub/',
    '/t/sub/ 424 aborted <- /t/sub/x.txt',
    '/t/sub/x.txt 403',
  ]);
});

test('S11: a member of the lock that may not be unlocked, through another member and through the root', () => {
  expect(rows({ verb: 'unlock', root: refTo('/u/m/f.txt'), target: refTo('/u/') }, 'destination', '/u/private/')).toEqual([
    '/u/m/f.txt 424 aborted <- /u/',
    '/u/ 424 aborted <- /u/private/',
    '/u/private/ 403',
  ]);
  expect(rows({ verb: 'unlock', root: refTo('/u/') }, 'source', '/u/private/')).toEqual([
    '/u/ 424 aborted <- /u/private/',
    '/u/private/ 403',
  ]);
});
