// Plays a history on the real methods over the stores in memory: every answer with when it was, and what is left afterwards.
import { dispatch } from '../../src/methods/index.ts';
import type { Context } from '../../src/operations/context.ts';
import { DavError } from '../../src/protocol/error.ts';
import type { DavResponse } from '../../src/protocol/message.ts';
import { ROOT } from '../../src/protocol/path.ts';
import { STAGING } from '../../src/store/own-place.ts';
import { lockInfo, makeWorld } from '../scenarios/world.ts';
import { at, chunks, membersOf, namesIn, put, textAt } from '../store/speaking.ts';
import type { History } from './history.ts';
import { line } from './model-tree.ts';
import type { Asked } from './request.ts';
import { Turns, withPoints } from './turns.ts';

export interface Answered {
  readonly asked: Asked;
  readonly principal: string;
  readonly answer: string;
  /** In ticks that only grow: what ended before another began came first. */
  readonly began: number;
  readonly ended: number;
}

export interface Served {
  readonly setup: readonly string[];
  /** Of each client, in its order. */
  readonly clients: readonly (readonly Answered[])[];
  readonly tree: readonly string[];
}

/** What the server makes known only in its answers: tokens by the names of locks, and the first entity-tags by path. */
interface Known {
  readonly tokens: Map<string, string>;
  readonly etags: Map<string, string>;
}

export async function serve({ made, setup, clients, turns }: History): Promise<Served> {
  const { context } = makeWorld();
  const { store, state } = context;
  const known: Known = { tokens: new Map(), etags: new Map() };
  for (const path of made) await (path.endsWith('/') ? store.makeCollection(at(path)) : put(store, path, path));
  const first: string[] = [];
  for (const asked of setup) first.push(await ask(context, asked, 'Ann', known));
  for (const { path, expects } of clients.flatMap(({ requests }) => requests))
    if (expects === 'same') known.etags.set(path, (await store.stat(at(path)))?.etag ?? '"none"');

  const scheduled = new Turns();
  let tick = 0;
  const playing = clients.map(async ({ principal, requests }, index) => {
    const point = scheduled.pointOf(index);
    const own = { ...context, store: withPoints(store, point), state: withPoints(state, point) };
    const answered: Answered[] = [];
    for (const asked of requests) {
      await point();
      const began = ++tick;
      const answer = await ask(own, asked, principal, known);
      answered.push({ asked, principal, answer, began, ended: ++tick });
    }
    return answered;
  });
  await scheduled.run(turns, playing);
  return { setup: first, clients: await Promise.all(playing), tree: await left(context, known.tokens) };
}

/** The status, and of a 207 the rows, as the model writes them. The shape of answers is not looked at here: that takes most of the time. */
async function ask(context: Context, asked: Asked, principal: string, known: Known): Promise<string> {
  const { method, path, name } = asked;
  const bytes = Buffer.from(bodyOf(asked));
  const request = {
    ...{ method, principal, base: '', hosts: ['dav.example'] },
    target: { path: at(path), slash: false },
    headers: headersOf(asked, known),
    body: { length: bytes.length, open: () => chunks(bytes) },
  };
  const response = await dispatch(request, context).catch((error): DavResponse => {
    if (error instanceof DavError && error.status < 500) return { status: error.status, headers: {} };
    throw error;
  });
  const token = response.headers['Lock-Token'];
  if (token !== undefined) known.tokens.set(name, token.slice(1, -1));
  if (response.status !== 207) return String(response.status);
  const rows = String(response.body).matchAll(/<D:response><D:href>([^<]*)<\/D:href>.*?HTTP\/1\.1 (\d+)/gs);
  return ['207', ...Array.from(rows, ([, href = '', code]) => `${href.replace(/(.)\/$/, '$1')} ${code}`).sort()].join(', ');
}

function bodyOf({ method, name, scope }: Asked): string {
  if (method === 'PUT') return name;
  if (method === 'LOCK') return lockInfo(scope);
  if (method !== 'PROPPATCH') return '';
  return `<propertyupdate xmlns="DAV:"><set><prop><p xmlns="urn:t">${name}</p></prop></set></propertyupdate>`;
}

function headersOf(asked: Asked, { tokens, etags }: Known): Record<string, string> {
  const tokenOf = (lock: string) => tokens.get(lock) ?? `urn:none:${lock}`;
  const { method, path, to, overwrite, depth, expects, submits, lock } = asked;
  const transfers = method === 'COPY' || method === 'MOVE';
  const headers: Readonly<Record<string, string | false | undefined>> = {
    destination: transfers && to,
    overwrite: transfers && !overwrite && 'F',
    depth: (method === 'COPY' || method === 'LOCK') && depth,
    'if-none-match': method === 'PUT' && expects === 'nothing' && '*',
    'if-match': method === 'PUT' && expects === 'same' && etags.get(path),
    'lock-token': method === 'UNLOCK' && `<${tokenOf(lock ?? '')}>`,
    'content-type': (method === 'LOCK' || method === 'PROPPATCH') && 'application/xml',
    if:
      method !== 'UNLOCK' &&
      (lock === undefined ? [...submits.map((each) => `(<${tokenOf(each)}>)`), '(Not <DAV:no-lock>)'].join(' ') : `(<${tokenOf(lock)}>)`),
  };
  return Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The tree and its locks as the model draws them, and what should not be there: state without its resource, things left in staging. */
async function left({ store, state, now }: Context, tokens: ReadonlyMap<string, string>): Promise<string[]> {
  const names = new Map([...tokens].map(([name, token]) => [token, name]));
  const locks = [...(await state.locksOn(ROOT, now())), ...(await state.locksBelow(ROOT, now()))];
  const found = locks.map(({ token, root }) => `${root} [${names.get(token) ?? 'unknown'}]`);
  const recorded = new Set<string>(await state.recorded(ROOT));
  const walk = async (path: string, collection: boolean): Promise<void> => {
    const [property] = recorded.delete(path) ? await state.properties(path as typeof ROOT) : [];
    found.push(
      line(path, collection, collection ? '' : await textAt(store, path), property ? (/>([^<]*)</.exec(property.xml)?.[1] ?? '') : ''),
    );
    if (collection) for (const member of await membersOf(store, path)) await walk(member.path, member.collection);
  };
  await walk('/', true);
  for (const path of recorded) found.push(`${path} has state and is not there`);
  for (const { id } of await state.unfinished()) found.push(`${id} is not finished`);
  if (await store.stat(STAGING)) for (const name of await namesIn(store, STAGING)) found.push(`${name} is left in staging`);
  return found.sort();
}
