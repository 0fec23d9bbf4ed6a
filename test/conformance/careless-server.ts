// A WebDAV server that is wrong on purpose: it grants every lock and heeds none, and clears a destination before it looks for the source.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface Careless {
  readonly url: string;
  /** What is there, by path; undefined for a collection. */
  readonly tree: ReadonlyMap<string, string | undefined>;
  close(): Promise<void>;
}

export interface Manner {
  /** LOCK is no method here. */
  readonly lockless?: boolean;
  /** Every answer but that to the first PROPFIND is this. */
  readonly babble?: string;
}

export async function startCareless({ lockless = false, babble }: Manner = {}): Promise<Careless> {
  const tree = new Map<string, string | undefined>([['/', undefined]]);
  const locks = new Map<string, string>();
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (babble !== undefined && asked > 2) response.writeHead(207, { 'Content-Type': 'application/xml' }).end(babble);
    else void answer(request, response).catch(() => response.writeHead(500).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;

  const within = (top: string) => [...tree.keys()].filter((path) => path === top || path.startsWith(top === '/' ? '/' : `${top}/`));
  const named = (href: string) => decodeURIComponent(new URL(href, url).pathname).replace(/(.)\/$/, '$1');
  const remove = (top: string) => {
    for (const path of within(top)) tree.delete(path);
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = named(request.url ?? '/');
    const say = (status: number, body = '', headers = {}) => void response.writeHead(status, headers).end(body);
    switch (request.method) {
      case 'MKCOL':
        tree.set(path, undefined);
        return say(201);
      case 'PUT':
        tree.set(path, Buffer.concat(chunks).toString());
        return say(201);
      case 'GET':
        return tree.get(path) === undefined ? say(404) : say(200, tree.get(path));
      case 'DELETE':
        remove(path);
        return say(204);
      case 'COPY':
      case 'MOVE': {
        const destination = named(String(request.headers.destination));
        const source = within(path).map((each) => [each, tree.get(each)] as const);
        remove(destination);
        for (const [each, content] of source) tree.set(destination + each.slice(path.length), content);
        if (request.method === 'MOVE' && destination !== path) remove(path);
        return source.length > 0 ? say(201) : say(404);
      }
      case 'LOCK': {
        if (lockless) return say(405);
        const token = `urn:careless:${locks.size}`;
        locks.set(path, token);
        // The token is in the body only.
        return say(200, `<D:prop xmlns:D="DAV:"><D:lockdiscovery>${activeLock(token)}</D:lockdiscovery></D:prop>`);
      }
      case 'UNLOCK':
        locks.delete(path);
        return say(204);
      case 'PROPFIND': {
        if (!tree.has(path)) return say(404);
        const near = within(path).filter(
          (each) => request.headers.depth !== '0' && each !== path && !each.slice(path.length + 1).includes('/'),
        );
        const rows = [path, ...near].map(rowOf).join('');
        return say(207, `<D:multistatus xmlns:D="DAV:">${rows}</D:multistatus>`);
      }
      default:
        return say(405);
    }
  }

  /** Its hrefs are absolute URIs. */
  function rowOf(path: string): string {
    const collection = tree.get(path) === undefined;
    const lock = locks.get(path);
    const type = `<D:resourcetype>${collection ? '<D:collection/>' : ''}</D:resourcetype>`;
    const discovery = `<D:lockdiscovery>${lock === undefined ? '' : activeLock(lock)}</D:lockdiscovery>`;
    const href = new URL(path === '/' ? '' : encodeURI(path.slice(1)) + (collection ? '/' : ''), url).href;
    return `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${type}${discovery}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`;
  }

  return {
    url,
    tree,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function activeLock(token: string): string {
  return `<D:activelock><D:locktoken><D:href>${token}</D:href></D:locktoken></D:activelock>`;
}
