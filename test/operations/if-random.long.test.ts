// Random If headers over random trees and locks: who asks and what holds is what the slow model in if-model.ts says.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { claimantOf } from '../../src/operations/admission.ts';
import { type Context, DEFAULTS } from '../../src/operations/context.ts';
import { Digests } from '../../src/operations/digests.ts';
import { Gate } from '../../src/operations/gate.ts';
import { DavError } from '../../src/protocol/error.ts';
import type { DavRequest } from '../../src/protocol/message.ts';
import { type Path, parseTarget } from '../../src/protocol/path.ts';
import { memoryState } from '../../src/state/memory.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Resource } from '../../src/store/store.ts';
import { type ModelLock, type ModelTarget, type ModelWorld, modelIf } from './if-model.ts';

const NOW = 1_000;
const PATHS = ['/c', '/c/d', '/c/d/f', '/c/é b', '/c/d/f/g', '/f', '/cc'];
/** What most of them are below. */
const ABOVE = ['/', '/', '/c', '/c'];
const TOKENS = ['urn:uuid:1', 'urn:uuid:2', 'opaquelocktoken:3', 'http://own.example/4'];
const ETAGS = ['"1"', 'W/"1"', '"2"', '"])>("', 'W/"é,"', '""'];

/** Each way to write a tag, and what it names when the mount path is `/dav`. */
const TAGS: readonly (readonly [string, ModelTarget | undefined])[] = [
  ...[...PATHS, '/', '/nope', '/c/nope/x'].flatMap((path): [string, ModelTarget][] => {
    const url = `/dav${path === '/' ? '' : encodeURI(path)}`;
    return [
      [url, { path, slash: false }],
      [`${url}/`, { path, slash: true }],
      [`http://OWN.example:8080${url}`, { path, slash: false }],
      [`https://u:p@proxy.example:443${url}?q=/dav/f`, { path, slash: false }],
    ];
  }),
  ['/dav//c///d', { path: '/c/d', slash: false }],
  ['/%64av/%63', { path: '/c', slash: false }],
  ['/DAV/c', undefined],
  ['/c', undefined],
  ['/dav/.dav207/tmp/x', undefined],
  ['http://own.example/dav/c', undefined],
  ['http://other.example/dav/c', undefined],
  ['ftp://own.example:8080/dav/c', undefined],
  ['mailto:ann@own.example', undefined],
];

// Half of all are one tag, or most conditions would be of a tag that nothing has.
const etags = fc.oneof(fc.constantFrom(...ETAGS.slice(0, 2)), fc.constantFrom(...ETAGS));

/** Absent, a file, or a collection, each with its entity-tag; what is not in a collection is absent. */
const trees = fc
  .tuple(...PATHS.map(() => fc.record({ kind: fc.constantFrom('absent', 'file', 'collection', 'collection', 'collection'), etag: etags })))
  .map((drawn) => {
    const resources = new Map([['/', { collection: true, etag: '"root"' }]]);
    for (const [index, { kind, etag }] of drawn.entries()) {
      const path = PATHS[index] ?? '';
      const parent = resources.get(path.slice(0, path.lastIndexOf('/')) || '/');
      if (kind !== 'absent' && parent?.collection) resources.set(path, { collection: kind === 'collection', etag });
    }
    return resources;
  });

const locks: fc.Arbitrary<ModelLock[]> = fc.subarray(TOKENS, { minLength: 2 }).chain((tokens) =>
  fc.tuple(
    ...tokens.map((token) =>
      fc.record({
        token: fc.constant(token),
        root: fc.constantFrom(...ABOVE, ...ABOVE, ...PATHS),
        collection: fc.constantFrom(true, true, true, true, false),
        infinite: fc.constantFrom(true, true, false),
        expired: fc.constantFrom(false, false, false, false, true),
      }),
    ),
  ),
);

const condition = fc
  .tuple(
    fc.constantFrom('', '', '', '', '', '', 'Not ', 'not', 'NOT\t'),
    fc.oneof(
      fc.constantFrom(...TOKENS, ...TOKENS, ...TOKENS, 'urn:uuid:unknown', 'URN:UUID:1', 'DAV:no-lock').map((token) => `<${token}>`),
      fc.oneof(etags, fc.constantFrom('"root"', '"root"', '"zz"')).map((etag) => `[${etag}]`),
    ),
    fc.constantFrom('', ' ', '\t', '\r\n '),
  )
  .map((parts) => parts.join(''));
const list = fc
  .oneof(fc.array(condition, { minLength: 1, maxLength: 1 }), fc.array(condition, { minLength: 1, maxLength: 3 }))
  .map((conditions) => `(${conditions.join('')})`);
const tag = fc.constantFrom(...TAGS.map(([written]) => written)).map((written) => `<${written}>`);
const headers = fc.oneof(
  fc.array(list, { minLength: 1, maxLength: 2 }).map((all) => all.join(' ')),
  fc
    .array(fc.tuple(tag, fc.array(list, { minLength: 1, maxLength: 2 })), { minLength: 1, maxLength: 2 })
    .map((all) => all.map(([before, lists]) => `${before} ${lists.join('')}`).join(' ')),
);
/** One character gone, doubled, or another in its place. */
const damaged = fc
  .tuple(headers, fc.nat(), fc.constantFrom('', '(', ')', '<', '>', '[', '"', ' ', ',', '*', 'W/', 'Not', '\0'), fc.boolean())
  .map(([text, at, other, keep]) => {
    const place = at % text.length;
    return text.slice(0, place) + other + text.slice(keep ? place : place + 1);
  });

interface World extends ModelWorld {
  readonly context: Context;
  readonly request: (header: string) => DavRequest;
}

async function worldOf(resources: ModelWorld['resources'], held: readonly ModelLock[], self: ModelTarget): Promise<World> {
  const state = memoryState();
  for (const { token, root, collection, infinite, expired } of held) {
    const depth = infinite ? 'infinity' : 0;
    const expires = expired ? NOW : NOW + 1;
    const lock = { token, root: root as Path, collection, scope: 'shared', depth, owner: undefined, principal: 'Ann', expires } as const;
    await state.addLock(lock, () => false, 0);
  }
  const blank: Resource = {
    ...{ path: '/' as Path, collection: true, link: false, size: 0, etag: '', modified: 0, created: 0, identity: '' },
    executable: undefined,
  };
  // Only the entity-tags are drawn: no store here makes weak ones, or the same for two resources.
  const stat = async (path: Path) => {
    const found = resources.get(path);
    return found && { ...blank, ...found, path };
  };
  const context = {
    store: { ...memoryStore(), stat },
    state,
    gate: new Gate(),
    digests: new Digests(),
    options: DEFAULTS,
    now: () => NOW,
    warn: () => {},
  };
  const target = parseTarget(encodeURI(self.path) + (self.slash ? '/' : ''));
  if (!target) throw new Error(self.path);
  return {
    ...{ resources, locks: held, self, tags: new Map(TAGS), context },
    request: (header) => ({
      ...{ method: 'PUT', target, base: '/dav', headers: { if: header }, hosts: ['own.example:8080', 'proxy.example'], principal: 'Ann' },
      body: { length: 0, open: async function* () {} },
    }),
  };
}

/** The tokens that count as submitted; false for a 412. */
type Verdict = ReadonlySet<string> | false | 'malformed';

async function served(header: string, world: World): Promise<Verdict> {
  try {
    return new Set((await claimantOf(world.request(header), world.context)).submitted);
  } catch (error) {
    if (error instanceof DavError && error.status === 412) return false;
    if (error instanceof DavError && error.status === 400) return 'malformed';
    throw error;
  }
}

function expected(header: string, world: ModelWorld): Verdict {
  const answer = modelIf(header, world);
  if (answer === 'malformed') return answer;
  return answer.holds && new Set(answer.submitted);
}

/** On what the truth of a header hangs: a lock, an entity-tag, or neither, so that it is the same in every world. */
function reasonsOf(header: string, world: World): string[] {
  const truth = expected(header, world) !== false;
  const untagged = new Map(Array.from(world.resources, ([path, resource]) => [path, { ...resource, etag: '"no"' }]));
  const reasons = [];
  if (truth !== (expected(header, { ...world, locks: [] }) !== false)) reasons.push('a lock');
  if (truth !== (expected(header, { ...world, resources: untagged }) !== false)) reasons.push('an entity-tag');
  return reasons.map((reason) => `${truth ? 'holds for' : 'fails for'} ${reason}`);
}

const WORLDS = 1_000;
const EACH = 12;
const targets = fc.constantFrom<ModelTarget>(...TAGS.flatMap(([, target]) => target ?? []));

test('D-10.4.3-a, D-10.4.4-a, D-10.4.1-b: 12,000 headers over 1,000 trees', async () => {
  const seen = { holds: 0, fails: 0 };
  const reasons = new Map(
    ['holds for a lock', 'holds for an entity-tag', 'fails for a lock', 'fails for an entity-tag'].map((each) => [each, 0]),
  );
  await fc.assert(
    fc.asyncProperty(trees, locks, targets, fc.array(headers, { minLength: EACH, maxLength: EACH }), async (tree, held, self, asked) => {
      const world = await worldOf(tree, held, self);
      for (const header of asked) {
        const answer = await served(header, world);
        expect([header, answer]).toEqual([header, expected(header, world)]);
        expect(answer).not.toBe('malformed');
        seen[answer ? 'holds' : 'fails']++;
        for (const reason of reasonsOf(header, world)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }),
    { numRuns: WORLDS },
  );
  // Neither truth may be rare, nor what it hangs on, or the comparison means little.
  expect(Math.min(seen.holds, seen.fails)).toBeGreaterThan((WORLDS * EACH) / 5);
  expect([...reasons].filter(([, count]) => count < (WORLDS * EACH) / 200)).toEqual([]);
});

test('D-10.4.2-a: 12,000 headers with one character wrong: refused alike, or true alike', async () => {
  const known = new Set(TAGS.map(([written]) => written));
  const seen = { malformed: 0, fine: 0 };
  await fc.assert(
    fc.asyncProperty(trees, locks, targets, fc.array(damaged, { minLength: EACH, maxLength: EACH }), async (tree, held, self, asked) => {
      const world = await worldOf(tree, held, self);
      for (const header of asked) {
        // A damaged tag may name anything, or nothing a URL can: that is the business of other tests.
        if (Array.from(header.matchAll(/<([^<>]*)>\s*\(/g)).some(([, written]) => !known.has(written ?? ''))) continue;
        const answer = await served(header, world);
        expect([header, answer]).toEqual([header, expected(header, world)]);
        seen[answer === 'malformed' ? 'malformed' : 'fine']++;
      }
    }),
    { numRuns: WORLDS },
  );
  expect(Math.min(seen.malformed, seen.fine)).toBeGreaterThan((WORLDS * EACH) / 20);
});

test('where no lock is, state tokens alone are judged without a look at the disk', async () => {
  const { context, request } = await worldOf(new Map(), [], { path: '/f', slash: false });
  const stat = () => Promise.reject(new Error('looked at'));
  const blind = { ...context, store: { ...context.store, stat } };
  const judged = (header: string) => claimantOf(request(header), blind);
  expect([...(await judged('</dav/c> (<urn:uuid:1>) (Not <urn:uuid:1>)')).submitted]).toEqual(['urn:uuid:1']);
  await expect(judged('</dav/c> (<urn:uuid:1>) </dav/f> (<urn:uuid:1>)')).rejects.toMatchObject({ status: 412 });
  await expect(judged('</dav/c> (Not <urn:uuid:1> ["1"])')).rejects.toThrow('looked at');
});
