// Ann and Bob at a served folder: what they ask, the locks they take and see, and what is on the disk afterwards.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseXml } from '../../src/protocol/xml.ts';
import { davChildren, elementsOf, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import { type Asking, type Reply, type Served, serve } from './serve.ts';

export type Person = 'Ann' | 'Bob';

const USERS = [
  { name: 'Ann', password: 'a' },
  { name: 'Bob', password: 'b' },
];

export interface ActiveLock {
  readonly scope: string;
  readonly depth: string;
  readonly timeout: string;
  /** undefined where it is hidden. */
  readonly token: string | undefined;
  readonly root: string;
}

export interface Locking {
  readonly served: Served;
  ask(who: Person, method: string, target: string, asking?: Asking): Promise<Reply>;
  /** Gives the token; throws when there is none. */
  lock(who: Person, target: string, wish?: { scope?: string; depth?: string; headers?: Record<string, string> }): Promise<string>;
  /** What `lockdiscovery` shows at a mapped URL. */
  locksAt(target: string, who?: Person): Promise<ActiveLock[]>;
  /** Every file with its content, every collection with its slash. */
  tree(): string[];
  close(): Promise<void>;
}

/** `made`: paths with a trailing slash are collections, the others files with their own name as content. */
export async function startLocking(made: readonly string[], folder?: string): Promise<Locking> {
  const served = await serve({ users: USERS, ...(folder !== undefined && { folder }) });
  for (const path of made) {
    const at = join(served.folder, path);
    mkdirSync(path.endsWith('/') ? at : dirname(at), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(at, path);
  }
  const ask: Locking['ask'] = (who, method, target, { headers, body } = {}) =>
    served.ask(method, target, { headers: { ...authorization(who), ...headers }, ...(body !== undefined && { body }) });
  return {
    served,
    ask,
    async lock(who, target, { scope = 'exclusive', depth = 'infinity', headers = {} } = {}) {
      const reply = await ask(who, 'LOCK', target, { headers: { ...XML, Depth: depth, ...headers }, body: lockInfo(scope) });
      if (reply.status !== 200 && reply.status !== 201) throw new Error(`LOCK ${target}: ${reply.status} ${reply.text}`);
      return String(reply.headers['lock-token']).slice(1, -1);
    },
    async locksAt(target, who = 'Ann') {
      const body = '<propfind xmlns="DAV:"><prop><lockdiscovery/></prop></propfind>';
      const { status, text } = await ask(who, 'PROPFIND', target, { headers: { ...XML, Depth: '0' }, body });
      if (status !== 207) throw new Error(`PROPFIND ${target}: ${status}`);
      return activeLocks(text);
    },
    tree: () => listing(served.folder, '/'),
    close: () => served.close(),
  };
}

export function authorization(who: Person): Record<string, string> {
  const user = USERS.find(({ name }) => name === who);
  return { Authorization: `Basic ${Buffer.from(`${who}:${user?.password}`).toString('base64')}` };
}

export const XML = { 'Content-Type': 'application/xml' };

export function lockInfo(scope = 'exclusive', owner = ''): string {
  return `<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype>${owner}</D:lockinfo>`;
}

/** `lock-token-submitted /c/ /c/f`: the condition of a plain failure with its hrefs; '' when there is none. */
export function conditionOf({ text }: Reply): string {
  if (!text.startsWith('<?xml')) return '';
  const document = parseXml(Buffer.from(text), 'application/xml');
  if (document.name !== 'error') return '';
  return elementsOf(document)
    .map((condition) => [condition.name, ...davChildren(condition, 'href').map(textOf)].join(' '))
    .join(', ');
}

/** `/c/ 423 no-conflicting-lock /c/f`: the rows of a 207. */
export function rowsOf({ text }: Reply): string[] {
  return davChildren(parseXml(Buffer.from(text), 'application/xml'), 'response').map((response) => {
    const one = (name: string) => davChildren(response, name).map(textOf).join();
    const conditions = davChildren(response, 'error').flatMap((error) => elementsOf(error));
    const written = conditions
      .filter(({ name }) => name !== 'failed-dependency')
      .map((condition) => [condition.name, ...davChildren(condition, 'href').map(textOf)].join(' '));
    return [one('href'), one('status').split(' ')[1], ...written].join(' ');
  });
}

/** The locks in a LOCK or PROPFIND body. */
export function activeLocks(text: string): ActiveLock[] {
  return named(parseXml(Buffer.from(text), 'application/xml'), 'activelock').map((lock) => {
    const inside = (name: string) => davChildren(lock, name).flatMap((child) => [child, ...elementsOf(child)]);
    const text = (name: string) => inside(name).map(textOf).join('').trim();
    return {
      scope: inside('lockscope')[1]?.name ?? '',
      depth: text('depth'),
      timeout: text('timeout'),
      token: text('locktoken') || undefined,
      root: text('lockroot'),
    };
  });
}

function named(element: XmlElement, name: string): XmlElement[] {
  return elementsOf(element).flatMap((child) => [...(child.name === name ? [child] : []), ...named(child, name)]);
}

function listing(folder: string, at: string): string[] {
  return readdirSync(join(folder, at), { withFileTypes: true })
    .filter(({ name }) => name !== '.dav207')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = at + entry.name;
      return entry.isDirectory() ? [`${path}/`, ...listing(folder, `${path}/`)] : [`${path} ${readFileSync(join(folder, path), 'utf8')}`];
    });
}
