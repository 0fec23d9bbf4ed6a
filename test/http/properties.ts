// The two requests about properties, in few words, and files to put them to.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Asking, Reply, Served } from './serve.ts';

type Headers = NonNullable<Asking['headers']>;

const XML = { 'Content-Type': 'application/xml' };

/** PROPFIND, Depth 0 unless the headers say otherwise. `body` is what stands inside `propfind`; without it none is sent. */
export function find(served: Served, target: string, body?: string, headers: Headers = {}): Promise<Reply> {
  const depth = { Depth: '0', ...headers };
  if (body === undefined) return served.ask('PROPFIND', target, { headers: depth });
  return served.ask('PROPFIND', target, {
    headers: { ...XML, ...depth },
    body: `<D:propfind xmlns:D="DAV:" xmlns:x="urn:x">${body}</D:propfind>`,
  });
}

/** PROPPATCH; `body` is what stands inside `propertyupdate`. */
export function patch(served: Served, target: string, body: string, headers: Headers = {}): Promise<Reply> {
  return served.ask('PROPPATCH', target, {
    headers: { ...XML, ...headers },
    body: `<D:propertyupdate xmlns:D="DAV:" xmlns:x="urn:x">${body}</D:propertyupdate>`,
  });
}

export function set(properties: string): string {
  return `<D:set><D:prop>${properties}</D:prop></D:set>`;
}

export function remove(names: string): string {
  return `<D:remove><D:prop>${names}</D:prop></D:remove>`;
}

export function prop(names: string): string {
  return `<D:prop>${names}</D:prop>`;
}

/** Makes files that nothing else touches; each call gives the URL of a new one. */
export function freshFiles(served: () => Served): () => string {
  let count = 0;
  return () => {
    const name = `f${++count}.txt`;
    writeFileSync(join(served().folder, name), 'content');
    return `/${name}`;
  };
}
