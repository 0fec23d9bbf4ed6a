// A client in a crowd: what it asks at random, and what it may rely on by what it was answered.
import fc from 'fast-check';
import { type Locking, lockInfo, type Person, XML } from './locking.ts';

const METHODS = [
  ...(['PUT', 'PUT', 'PUT', 'GET', 'PROPFIND', 'PROPPATCH', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'MOVE', 'DELETE', 'DELETE'] as const),
  ...(['LOCK', 'UNLOCK', 'UNLOCK', 'UNLOCK'] as const),
];
const COLLECTIONS = ['/a/', '/a/b/', '/c/', '/c/d/'];
const FILES = ['/a/f', '/a/g', '/a/b/f', '/a/b/g', '/a/b/h', '/c/f', '/c/d/f', '/c/d/g', '/c/d/h', '/h', '/i'];

export interface Step {
  readonly method: (typeof METHODS)[number];
  /** UNLOCK goes to the root of one of its own locks instead, while it has one. */
  readonly target: string;
  readonly to: string;
  readonly depth: '0' | 'infinity';
  readonly overwrite: 'T' | 'F';
  /** Whether all tokens the client has are submitted. */
  readonly submits: boolean;
  /** How often its name is in the content: from nothing to more than one chunk. */
  readonly length: number;
  readonly pick: number;
}

const targets: Readonly<Record<string, readonly string[]>> = {
  PUT: FILES,
  GET: FILES,
  MKCOL: COLLECTIONS,
  LOCK: [...FILES, ...FILES, '/a/b/', '/c/d/'],
};

export const steps: fc.Arbitrary<Step> = fc.constantFrom(...METHODS).chain((method) =>
  fc.record({
    method: fc.constant(method),
    target: fc.constantFrom(...(targets[method] ?? [...FILES, ...FILES, ...COLLECTIONS])),
    to: fc.constantFrom(...FILES, ...COLLECTIONS),
    depth: fc.constantFrom('0', 'infinity'),
    overwrite: fc.constantFrom('T', 'T', 'T', 'F'),
    submits: fc.boolean(),
    length: fc.constantFrom(0, 1, 10, 5_000),
    pick: fc.nat(),
  }),
);

/** The last request of a client: so that much of what had locks and properties is gone at the end. */
export function removal(index: number): Step {
  return { ...plainly('DELETE', FILES[index % FILES.length] ?? '/'), submits: true };
}

/** A client who comes before the others, and does each thing once. */
export const FORERUNNER: readonly Step[] = [
  plainly('PUT', '/h'),
  plainly('PROPPATCH', '/h'),
  plainly('COPY', '/h', '/i'),
  plainly('MOVE', '/i', '/a/b/h'),
  plainly('LOCK', '/h'),
  plainly('UNLOCK', '/h'),
  plainly('DELETE', '/h'),
];

function plainly(method: Step['method'], target: string, to = '/'): Step {
  return { method, target, to, depth: 'infinity', overwrite: 'T', submits: false, length: 1, pick: 0 };
}

/** What all clients know together at the end. */
export interface Crowd {
  /** Every content that was sent. */
  readonly contents: Set<string>;
  /** Locks that were granted and not given up, with their roots: these may be there. */
  readonly granted: Map<string, string>;
  /** Those of them that no request could have destroyed: these must be there. */
  readonly certain: Map<string, string>;
  readonly statuses: Map<string, number>;
}

export async function play(name: string, who: Person, wanted: readonly Step[], world: Locking, crowd: Crowd): Promise<void> {
  /** Only who took a lock submits its token, so that nobody else can destroy what it is on. */
  const own = new Map<string, string>();
  for (const [index, step] of wanted.entries()) {
    const [[token, root] = ['urn:none:', step.target]] = [...own].slice(step.pick % Math.max(own.size, 1));
    const target = step.method === 'UNLOCK' ? root : step.target;
    const body = bodyOf(step, `${name}.${index} `);
    if (step.method === 'PUT') crowd.contents.add(body);
    const { status, headers, text } = await world.ask(who, step.method, target, {
      headers: headersOf(step, step.submits ? [...own.keys()] : [], token),
      ...(body !== '' && { body }),
    });
    const kind = `${step.method} ${status}`;
    crowd.statuses.set(kind, (crowd.statuses.get(kind) ?? 0) + 1);
    if (status >= 500) throw new Error(`${kind} at ${target}: ${text}`);
    const file = step.method === 'GET' && status === 200 && !String(headers['content-type']).startsWith('text/html');
    if (file && !crowd.contents.has(text)) throw new Error(`${target} is half of something: ${text.slice(0, 100)}`);
    if (step.method === 'UNLOCK' && status !== 204 && crowd.certain.has(token)) throw new Error(`The lock on ${root} is lost: ${kind}`);
    if (status >= 400) continue;
    if (step.method === 'LOCK' && headers['lock-token']) {
      const taken = String(headers['lock-token']).slice(1, -1);
      for (const locks of [own, crowd.granted, crowd.certain]) locks.set(taken, named(target));
    }
    if (step.method === 'UNLOCK') for (const locks of [own, crowd.granted, crowd.certain]) locks.delete(token);
    for (const gone of destroyed(step))
      for (const [each, root] of own) if (step.submits && `${root}/`.startsWith(`${gone}/`)) crowd.certain.delete(each);
  }
}

/** The trees whose locks a request that is let in may destroy. */
function destroyed({ method, target, to }: Step): string[] {
  if (method === 'DELETE') return [named(target)];
  if (method === 'MOVE') return [named(target), named(to)];
  return method === 'COPY' ? [named(to)] : [];
}

function named(href: string): string {
  return href.replace(/(.)\/$/, '$1');
}

function bodyOf({ method, length }: Step, name: string): string {
  if (method === 'PUT') return name.repeat(length);
  if (method === 'LOCK') return lockInfo();
  if (method !== 'PROPPATCH') return '';
  return `<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t">${name}</p></prop></set></propertyupdate>`;
}

function headersOf(step: Step, tokens: readonly string[], token: string): Record<string, string> {
  const { method, to, depth, overwrite } = step;
  return {
    ...((method === 'LOCK' || method === 'PROPPATCH') && XML),
    ...((method === 'COPY' || method === 'MOVE') && { Destination: to, Overwrite: overwrite }),
    ...((method === 'COPY' || method === 'LOCK') && { Depth: depth }),
    ...(method === 'PROPFIND' && { Depth: '1' }),
    ...(method === 'UNLOCK'
      ? { 'Lock-Token': `<${token}>` }
      : { If: [...tokens.map((each) => `(<${each}>)`), '(Not <DAV:no-lock>)'].join(' ') }),
  };
}
