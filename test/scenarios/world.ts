// A small world for tests: a served tree made from a drawing, requests put to it, and the tree drawn again afterwards.
import { dispatch } from '../../src/methods/index.ts';
import { type Context, DEFAULTS, type Options } from '../../src/operations/context.ts';
import { Digests } from '../../src/operations/digests.ts';
import { Gate } from '../../src/operations/gate.ts';
import { DavError } from '../../src/protocol/error.ts';
import type { DavResponse } from '../../src/protocol/message.ts';
import { hrefOf, parseTarget, ROOT } from '../../src/protocol/path.ts';
import { failureResponse } from '../../src/server/respond.ts';
import { memoryState } from '../../src/state/memory.ts';
import type { State } from '../../src/state/state.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { type Kind, requireShape } from '../shape/answer-shape.ts';
import type { Drawn, DrawnLock } from './drawing.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** What its shape was held against. */
  readonly kind: Kind;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly principal?: string;
}

export interface World {
  readonly context: Context;
  readonly store: Store;
  ask(method: string, target: string, ask?: Ask): Promise<Answer>;
  /** Lock tokens by the names of a drawing. */
  readonly tokens: ReadonlyMap<string, string>;
  make(tree: readonly Drawn[]): Promise<void>;
  draw(): Promise<Drawn[]>;
}

export interface WorldOptions extends Partial<Options> {
  readonly store?: Store;
  readonly state?: State;
  readonly now?: () => number;
}

export function makeWorld({ store = memoryStore(), state = memoryState(), now = Date.now, ...options }: WorldOptions = {}): World {
  const context: Context = {
    store,
    state,
    gate: new Gate(),
    digests: new Digests(),
    options: { ...DEFAULTS, ...options },
    now,
    warn: () => {},
  };
  return worldOver(context, store, new Map());
}

/** The same tree and locks, seen through another store, and another state. */
export function through(world: World, store: Store, state: State = world.context.state): World {
  return worldOver({ ...world.context, store, state }, world.store, new Map(world.tokens));
}

function worldOver(context: Context, store: Store, tokens: Map<string, string>): World {
  const world: World = {
    context,
    store,
    tokens,
    async ask(method, target, { headers = {}, body, principal = 'Ann' } = {}) {
      const path = parseTarget(target);
      if (!path) throw new Error('outside');
      const bytes = Buffer.from(body ?? '');
      const request = {
        method,
        target: path,
        base: '',
        headers: { ...(body !== undefined && method !== 'PUT' && { 'content-type': 'application/xml' }), ...headers },
        hosts: ['dav.example'],
        principal,
        body: { length: bytes.length, open: () => chunksOf(bytes) },
      };
      const response = await dispatch(request, context).catch((error) => {
        if (!(error instanceof DavError)) throw error;
        if (error.status >= 500 && error.cause && !(error.cause instanceof DavError)) throw error.cause;
        return failureResponse(error, '');
      });
      const text = await textOf(response);
      const { 'Content-Type': type, Location: location } = response.headers;
      const answered = { status: response.status, type, location, body: Buffer.from(text) };
      const kind = requireShape({ method, target, prefer: headers.prefer }, answered);
      return { status: response.status, headers: response.headers, text, kind };
    },
    async make(tree) {
      for (const { href, content, property } of tree) {
        const made =
          href === '/'
            ? { status: 201, text: '' }
            : href.endsWith('/')
              ? await world.ask('MKCOL', href)
              : await world.ask('PUT', href, { body: content ?? '' });
        if (made.status !== 201) throw new Error(`${href} could not be made: ${made.status} ${made.text}`);
        if (property !== undefined) await setProperty(world, href, property);
      }
      for (const { href, locks } of tree) for (const lock of locks) tokens.set(lock.name, await takeLock(world, href, lock));
    },
    draw: () => drawBelow(world, '/'),
  };
  return world;
}

async function* chunksOf(bytes: Buffer) {
  if (bytes.length > 0) yield bytes;
}

async function textOf({ body }: DavResponse): Promise<string> {
  if (body === undefined || typeof body === 'string') return body ?? '';
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

export function lockInfo(scope = 'exclusive'): string {
  return `<lockinfo xmlns="DAV:"><lockscope><${scope}/></lockscope><locktype><write/></locktype></lockinfo>`;
}

async function takeLock(world: World, href: string, { scope, depth, principal }: DrawnLock): Promise<string> {
  const { status, headers, text } = await world.ask('LOCK', href, { headers: { depth }, body: lockInfo(scope), principal });
  const token = headers['Lock-Token']?.slice(1, -1);
  if (status !== 200 || !token) throw new Error(`${href} could not be locked: ${status} ${text}`);
  return token;
}

async function setProperty(world: World, href: string, value: string): Promise<void> {
  const body = `<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t">${value}</p></prop></set></propertyupdate>`;
  await world.ask('PROPPATCH', href, { body });
}

async function drawBelow(world: World, href: string): Promise<Drawn[]> {
  const { store, state, now } = world.context;
  const names = new Map([...world.tokens].map(([name, token]) => [token, name]));
  const drawn: Drawn[] = [];
  const path = parseTarget(href)?.path ?? ROOT;
  for await (const batch of world.store.list(path)) {
    for (const member of batch) {
      const here = hrefOf(member);
      const locks = (await state.locksOn(member.path, now())).filter((lock) => lock.root === member.path);
      const [property] = await state.properties(member.path);
      drawn.push({
        href: here,
        content: member.collection ? undefined : await contentOf(store, member.path),
        property: property && (/>([^<]*)</.exec(property.xml)?.[1] ?? ''),
        locks: locks.map((lock) => ({ name: names.get(lock.token) ?? 'new', scope: lock.scope, depth: '0', principal: lock.principal })),
      });
      if (member.collection) drawn.push(...(await drawBelow(world, here)));
    }
  }
  return drawn;
}

async function contentOf(store: Store, path: Parameters<Store['read']>[0]): Promise<string> {
  const content = await store.read(path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.bytes()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
