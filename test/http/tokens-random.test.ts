// Whatever Bob asks, and however much he knows already, no answer and no line of the log holds a lock token of Ann's, and her locks stay.
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { authorization, lockInfo, type Person } from './locking.ts';
import { type Reply, type Served, serve } from './serve.ts';

const CASES = 400;
const FILES = ['/c/f', '/c/sub/x', '/d/g', '/d/deep/locked', '/shared/s', '/alone', '/free'];
const LOCKS: readonly [target: string, scope: string, depth: string][] = [
  ['/c/sub/', 'exclusive', 'infinity'],
  ['/d/deep/locked', 'exclusive', '0'],
  ['/shared/', 'shared', '0'],
  ['/shared/s', 'shared', 'infinity'],
  ['/alone', 'exclusive', 'infinity'],
  ['/reserved', 'exclusive', '0'], // unmapped until then
];
/** Nobody else may change these. */
const ANNS = ['/c/sub/x', '/d/deep/locked', '/shared/s', '/alone', '/reserved'];
const TARGETS = ['/', '/c/', '/c/f', '/c/sub/', '/c/sub/x', '/c/sub/new', '/d/', '/d/deep/', '/d/deep/locked', '/shared/', '/shared/s'];

let served: Served;
const log: string[] = [];
const tokens = new Map<string, string>();

const as = (who: Person, method: string, target: string, headers: Record<string, string>, body?: string) =>
  served.ask(method, target, { headers: { ...authorization(who), ...headers }, ...(body !== undefined && { body }) });
const XML = { 'Content-Type': 'application/xml' };
const QUERY = '<propfind xmlns="DAV:"><prop><lockdiscovery/></prop></propfind>';

/** What of Bob's requests has moved or removed, so that each case finds the same. */
function restore(): void {
  for (const path of FILES) {
    const place = join(served.folder, path);
    const above = dirname(place);
    if (lstatSync(above, { throwIfNoEntry: false })?.isFile()) rmSync(above);
    mkdirSync(above, { recursive: true });
    if (lstatSync(place, { throwIfNoEntry: false })?.isDirectory()) rmSync(place, { recursive: true });
    writeFileSync(place, path);
  }
}

beforeAll(async () => {
  const note = (...said: unknown[]) => void log.push(said.map((each) => (each instanceof Error ? each.stack : String(each))).join(' '));
  const users = (['Ann', 'Bob'] as const).map((name) => ({ name, password: name === 'Ann' ? 'a' : 'b' }));
  served = await serve({ users, depthInfinity: true, log: { request: note, error: note, warn: note } });
  restore();
  for (const [target, scope, depth] of LOCKS) {
    const reply = await as('Ann', 'LOCK', target, { ...XML, Depth: depth, Timeout: 'Second-86400' }, lockInfo(scope));
    tokens.set(target, String(reply.headers['lock-token']).slice(1, -1));
  }
});
afterAll(() => served.close());

/** The condition that Ann would submit. */
const RIGHT = 'of Ann';
const rightOf = (target: string) => {
  const [root] = [...tokens.keys()].filter((locked) => target.startsWith(locked));
  return `</> (<${tokens.get(root ?? '')}> Not <DAV:no-lock>) <${root ?? target}> (<${tokens.get(root ?? '') ?? 'urn:x'}>)`;
};

/** `TOKEN0` stands for a token of Ann's. */
const token = fc.nat(LOCKS.length - 1).map((index) => `TOKEN${index}`);
const targets = fc.constantFrom(...TARGETS, '/alone', '/reserved', '/free', '/new');
const lists = fc
  .array(
    fc.tuple(
      fc.option(targets),
      fc.constantFrom('', 'Not '),
      fc.oneof(
        token.map((held) => `<${held}>`),
        fc.constantFrom('["x"]', '<DAV:no-lock>', '<urn:uuid:0>'),
      ),
      fc.constantFrom('', ' Not <DAV:no-lock>'),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((drawn) => {
    const tagged = drawn[0]?.[0] != null;
    return drawn.map(([tag, not, state, more]) => `${tagged ? `<${tag ?? '/c/'}> ` : ''}(${not}${state}${more})`).join(' ');
  });
const bodies: readonly (readonly [string, Record<string, string>, string | undefined])[] = [
  ...['GET', 'HEAD', 'OPTIONS', 'DELETE', 'MKCOL', 'UNLOCK', 'COPY', 'MOVE', 'LOCK'].map((name) => [name, {}, undefined] as const),
  ...['LOCK', 'LOCK'].map((name) => [name, XML, lockInfo('exclusive', '<D:owner>Bob</D:owner>')] as const),
  ['LOCK', XML, lockInfo('shared')],
  ['PUT', {}, 'of Bob'],
  ['PUT', { 'Content-Range': 'bytes 0-0/*' }, 'B'],
  ['PATCH', { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' }, 'B'],
  ['PROPFIND', {}, undefined],
  ['PROPFIND', XML, QUERY],
  ['PROPFIND', XML, '<propfind xmlns="DAV:"><allprop/><include><lockdiscovery/><supportedlock/></include></propfind>'],
  ['PROPFIND', XML, '<propfind xmlns="DAV:"><propname/></propfind>'],
  ['PROPPATCH', XML, '<propertyupdate xmlns="DAV:"><set><prop><lockdiscovery/><displayname>B</displayname></prop></set></propertyupdate>'],
  ['PROPPATCH', XML, '<propertyupdate xmlns="DAV:"><set><prop><displayname>B</displayname></prop></set></propertyupdate>'],
];
const requests = fc.record({
  kind: fc.constantFrom(...bodies),
  target: targets,
  depth: fc.constantFrom(undefined, '0', '1', 'infinity'),
  destination: targets,
  condition: fc.option(fc.oneof(lists, fc.constant(RIGHT))),
  lockToken: fc.option(token),
  prefer: fc.constantFrom(
    undefined,
    'return=representation',
    'return=minimal',
    'handling=strict',
    'handling=lenient, return=representation',
  ),
  match: fc.constantFrom(undefined, undefined, '*', '"x"'),
});

/** Chance may leave out all of what Bob may do, and of what is refused for rarer reasons: a token of another resource's, and of Ann's. */
const RARE = [
  { kind: ['PUT', {}, 'of Bob'] as const, target: '/free', lockToken: null },
  { kind: ['UNLOCK', {}, undefined] as const, target: '/free', lockToken: 'TOKEN0' },
  { kind: ['UNLOCK', {}, undefined] as const, target: '/alone', lockToken: `TOKEN${LOCKS.findIndex(([target]) => target === '/alone')}` },
].map((rare) => ({ depth: undefined, destination: '/new', condition: null, prefer: undefined, match: undefined, ...rare }));

const held = () => [...tokens.values()];
const filled = (text: string) => text.replace(/TOKEN(\d)/g, (_all, index) => held()[Number(index)] ?? '');

test(`no answer to ${CASES} random requests of Bob, and nothing logged of them`, async () => {
  const statuses = new Set<number>();
  const property = fc.asyncProperty(requests, async ({ kind, target, depth, destination, condition, lockToken, prefer, match }) => {
    const [method, own, body] = kind;
    const headers = {
      ...own,
      ...(depth !== undefined && { Depth: depth }),
      ...((method === 'COPY' || method === 'MOVE') && { Destination: destination }),
      ...(condition !== null && { If: condition === RIGHT ? rightOf(method === 'COPY' ? destination : target) : filled(condition) }),
      ...(lockToken !== null && { 'Lock-Token': `<${filled(lockToken)}>` }),
      ...(prefer !== undefined && { Prefer: prefer }),
      ...(match !== undefined && { 'If-Match': match }),
    };
    const reply = await as('Bob', method, target, headers, body);
    statuses.add(reply.status);
    const said = JSON.stringify(reply.headers) + reply.text + log.splice(0).join('\n');
    expect(held().filter((secret) => said.includes(secret.slice('urn:uuid:'.length)))).toEqual([]);
    for (const path of ANNS) expect(readFileSync(join(served.folder, path), 'utf8')).toBe(path === '/reserved' ? '' : path);
    await release(reply, target);
    restore();
  });
  await fc.assert(property, { numRuns: CASES, examples: RARE.map((rare) => [rare]) });
  for (const [target, secret] of tokens) {
    const own = await as('Ann', 'PROPFIND', target, { ...XML, Depth: '0' }, QUERY);
    expect([target, own.text.includes(secret)]).toEqual([target, true]);
  }
  expect([...statuses]).toEqual(expect.arrayContaining([200, 204, 207, 403, 409, 412, 423]));
});

/** A lock that Bob got does not stand in the way of the next case. */
async function release({ headers }: Reply, target: string): Promise<void> {
  const taken = headers['lock-token'];
  if (taken !== undefined) await as('Bob', 'UNLOCK', target, { 'Lock-Token': String(taken) });
}
