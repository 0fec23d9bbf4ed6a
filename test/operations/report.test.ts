// Reports: rows over random failures, and what becomes a plain status, a short 207 or a very long one.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NOTHING_BLOCKED } from '../../src/locks/blocked.ts';
import { type Failure, NOTHING, type Skipped } from '../../src/operations/outcome.ts';
import type { Plan, Side, Verb } from '../../src/operations/plan.ts';
import { report } from '../../src/operations/report.ts';
import { rowsOf } from '../../src/operations/rows.ts';
import type { Result } from '../../src/operations/run.ts';
import { DavError } from '../../src/protocol/error.ts';
import { comparePaths, isWithin, type Path, parentOf, type Ref } from '../../src/protocol/path.ts';
import { resource } from './planning.ts';

interface Node {
  /** What became of it: `stopped` failed before its members, which were skipped; `failed` after they were tried. */
  readonly fate: 'done' | 'failed' | 'stopped';
  readonly members: readonly Node[] | undefined;
}

const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.record({
    fate: fc.constantFrom('done', 'done', 'done', 'failed', 'stopped'),
    members: fc.oneof({ maxDepth: 4 }, fc.constant(undefined), fc.array(tie('node'), { maxLength: 4 })),
  }),
}));

function grow(at: Ref, side: Side, { fate, members }: Node, into: { failures: Failure[]; skipped: Skipped[] }, below = false): void {
  const collection = members !== undefined;
  const ref = { ...at, collection };
  if (below) into.skipped.push({ side, ref });
  else if (fate !== 'done') into.failures.push({ side, ref, error: new DavError(403, 'No.') });
  // A name that sorts before `/`, so that comparing whole paths as text would go wrong.
  members?.forEach((member, index) => {
    grow({ path: `${at.path}/${'! a'[index] ?? index}` as Path, collection: false }, side, member, into, below || fate === 'stopped');
  });
}

const verb = fc.constantFrom<Verb>('delete', 'copy', 'move');
const situation = fc
  .record({ verb, source: node, destination: fc.option(node, { nil: undefined }) })
  .map(({ verb, source, destination }) => {
    const found = { failures: [] as Failure[], skipped: [] as Skipped[] };
    const [root, target] = [ref('/s/'), ref('/d/')];
    grow(root, 'source', source, found);
    if (verb !== 'delete' && destination) grow(target, 'destination', destination, found);
    const plan: Plan = { verb, root, ...(verb !== 'delete' && { target }), steps: [], blocked: NOTHING_BLOCKED };
    const result: Result = { ...NOTHING, ...found, done: 1, aborted: false };
    return { plan, result };
  });

function ref(href: string): Ref {
  const { path, collection } = resource(href);
  return { path, collection };
}

const failing = situation.filter(({ result }) => result.failures.length > 0);

describe('the rows of a 207', () => {
  test('I4: the Request-URI first, each href once, the source side before the destination side, parents before members', () => {
    fc.assert(
      fc.property(failing, ({ plan, result }) => {
        const paths = rowsOf(plan, result).map((row) => row.ref.path);
        expect(paths[0]).toBe(plan.root.path);
        expect(new Set(paths).size).toBe(paths.length);
        const sides = [paths.filter((path) => isWithin(path, '/s' as Path)), paths.filter((path) => isWithin(path, '/d' as Path))];
        expect(paths).toEqual(sides.flatMap((side) => [...side].sort(comparePaths)));
      }),
    );
  });

  test('I1, I7: the culprits are exactly what failed, with their own status, and everything else is 424', () => {
    fc.assert(
      fc.property(failing, ({ plan, result }) => {
        const rows = rowsOf(plan, result);
        const culprits = rows.filter((row) => row.status !== 424);
        expect(culprits.map((row) => row.ref.path).sort()).toEqual(result.failures.map(({ ref }) => ref.path).sort());
        expect(culprits.every((row) => row.status === 403 && row.dependency === undefined)).toBe(true);
        const known = [...result.failures, ...result.skipped].map(({ ref }) => ref.path);
        for (const { ref: row } of rows) {
          expect(row.path === plan.root.path || known.some((path) => isWithin(path, row.path))).toBe(true);
        }
        for (const path of known) expect(rows.some((row) => row.ref.path === path)).toBe(true);
      }),
    );
  });

  test('I2, I3: every 424 names direct causes that are rows, and following them ends at a culprit', () => {
    fc.assert(
      fc.property(failing, ({ plan, result }) => {
        const rows = new Map(rowsOf(plan, result).map((row) => [row.ref.path, row]));
        const culprits = new Set(result.failures.map(({ ref }) => ref.path));
        const endsOf = (path: Path, above: readonly Path[]): Path[] => {
          expect(above).not.toContain(path);
          const dependency = rows.get(path)?.dependency;
          if (!dependency) return [path];
          expect(dependency.causes.length).toBeGreaterThan(0);
          return dependency.causes.flatMap((cause) => endsOf(cause.path, [...above, path]));
        };
        for (const [path, { dependency }] of rows) {
          if (!dependency) continue;
          for (const end of endsOf(path, [])) {
            expect(culprits.has(end)).toBe(true);
            expect(dependency.roots.map((root) => root.path)).toContain(end);
          }
          const direct = dependency.causes.map((cause) =>
            dependency.outcome === 'skipped'
              ? parentOf(path) === cause.path
              : parentOf(cause.path) === path || (path === plan.root.path && cause.path === plan.target?.path),
          );
          expect(direct).not.toContain(false);
        }
      }),
    );
  });
});

const plain = { base: '', handling: { strict: false, rows: 'all', asked: undefined } } as const;
const plan: Plan = { verb: 'delete', root: ref('/c/'), steps: [], blocked: NOTHING_BLOCKED };
const failure = (href: string, status: number): Failure => ({ side: 'source', ref: ref(href), error: new DavError(status, 'No.') });
const resultOf = (done: number, failures: readonly Failure[], skipped: readonly Skipped[] = []): Result => {
  return { ...NOTHING, done, failures, skipped, aborted: false };
};

describe('report', () => {
  test('says nothing where nothing failed', () => {
    expect(report(plan, resultOf(3, []), plain)).toBeUndefined();
  });

  test('a failed root of which nothing was done is a plain failure, else a 207 with its own status', () => {
    expect(() => report(plan, resultOf(0, [failure('/c/', 403)]), plain)).toThrow(expect.objectContaining({ status: 403 }));
    const answer = report(plan, resultOf(2, [failure('/c/', 403)]), plain);
    expect([answer?.status, answer?.headers]).toEqual([
      207,
      { 'Content-Type': 'application/xml; charset="utf-8"', 'Cache-Control': 'no-cache' },
    ]);
    expect(answer?.body).toContain('<D:responsedescription>2 deleted, 1 failed, 0 not deleted because of it.</D:responsedescription>');
  });

  test('a LOCK that fails after its empty file was made is a plain failure too', () => {
    expect(() => report({ ...plan, verb: 'lock' }, resultOf(1, [failure('/c/', 507)]), plain)).toThrow(
      expect.objectContaining({ status: 507 }),
    );
  });

  test('the whole body of a failed member', () => {
    expect(report(plan, resultOf(5, [failure('/c/sub/x', 423)]), plain)?.body).toBe(
      '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:" xmlns:e="urn:dav207">' +
        '<D:response><D:href>/c/</D:href><D:status>HTTP/1.1 424 Failed Dependency</D:status><D:error><e:failed-dependency>' +
        '<e:outcome>incomplete</e:outcome><e:cause><D:href>/c/sub/</D:href></e:cause><e:root-cause><D:href>/c/sub/x</D:href></e:root-cause>' +
        '</e:failed-dependency></D:error><D:responsedescription>Not deleted, because /c/sub/ was not deleted.</D:responsedescription></D:response>' +
        '<D:response><D:href>/c/sub/</D:href><D:status>HTTP/1.1 424 Failed Dependency</D:status><D:error><e:failed-dependency>' +
        '<e:outcome>incomplete</e:outcome><e:cause><D:href>/c/sub/x</D:href></e:cause></e:failed-dependency></D:error>' +
        '<D:responsedescription>Not deleted, because /c/sub/x was not deleted (423 Locked).</D:responsedescription></D:response>' +
        '<D:response><D:href>/c/sub/x</D:href><D:status>HTTP/1.1 423 Locked</D:status><D:responsedescription>No.</D:responsedescription></D:response>' +
        '<D:responsedescription>5 deleted, 1 failed, 2 not deleted because of it.</D:responsedescription></D:multistatus>',
    );
  });

  test('return=minimal keeps the culprits, and of a LOCK the row of the Request-URI', () => {
    const minimal = { base: '', handling: { strict: false, rows: 'minimal', asked: 'return=minimal' } } as const;
    const failed = resultOf(0, [failure('/c/sub/x', 423)]);
    const hrefs = (answer: ReturnType<typeof report>) => [...String(answer?.body).matchAll(/<D:href>([^<]*)/g)].map(([, href]) => href);
    const deleted = report(plan, failed, minimal);
    expect(deleted?.headers['Preference-Applied']).toBe('return=minimal');
    expect(deleted?.body).not.toMatch(/failed-dependency|responsedescription/);
    expect(hrefs(deleted)).toEqual(['/c/sub/x']);
    expect(hrefs(report({ ...plan, verb: 'lock' }, failed, minimal))).toEqual(['/c/', '/c/sub/x']);
  });

  test('of more than a thousand skipped rows the deepest are left out and counted', async () => {
    const skipped = Array.from({ length: 600 }, (_, index) => [
      { side: 'source' as const, ref: ref(`/c/x/${index}/`) },
      { side: 'source' as const, ref: ref(`/c/x/${index}/deep`) },
    ]).flat();
    const chunks: string[] = [];
    for await (const chunk of report(plan, resultOf(1, [failure('/c/x/', 403)], skipped), plain)?.body ?? []) chunks.push(String(chunk));
    const body = chunks.join('');
    const responses = [...body.matchAll(/<D:response><D:href>([^<]*)/g)].map(([, href]) => href ?? '');
    expect([responses.length, responses.filter((href) => href.endsWith('deep')).length]).toEqual([1002, 400]);
    expect(body).toContain('1 deleted, 1 failed, 1201 not deleted because of it. 200 rows were left out.');
  });
});
