// The dispatch table: which verbs there are, what they apply to, whether they change anything. `Allow` is derived from it.
import type { Context } from '../operations/context.ts';
import { DavError } from '../protocol/error.ts';
import { parseIf } from '../protocol/if-header.ts';
import type { DavRequest, DavResponse } from '../protocol/message.ts';
import { isReserved } from '../protocol/path.ts';
import { refuseBody } from './body.ts';
import { copy } from './copy.ts';
import { del } from './delete.ts';
import { get, head } from './get.ts';
import { lock } from './lock.ts';
import type { Method } from './method.ts';
import { mkcol } from './mkcol.ts';
import { move } from './move.ts';
import { options } from './options.ts';
import { PATCH_TYPE, patch } from './patch.ts';
import { propfind } from './propfind.ts';
import { proppatch } from './proppatch.ts';
import { put } from './put.ts';
import { unlock } from './unlock.ts';

type Kind = 'file' | 'collection' | 'unmapped';

interface Entry {
  readonly run: Method;
  /** What it applies to; more cases are told apart by the method itself. */
  readonly on: readonly Kind[];
  readonly changes: boolean;
  /** Whether a body means anything. */
  readonly body: boolean;
}

const MAPPED: readonly Kind[] = ['file', 'collection'];

const METHODS: Readonly<Record<string, Entry>> = {
  OPTIONS: { run: options, on: [...MAPPED, 'unmapped'], changes: false, body: false },
  GET: { run: get, on: MAPPED, changes: false, body: false },
  HEAD: { run: head, on: MAPPED, changes: false, body: false },
  PUT: { run: put, on: ['file', 'unmapped'], changes: true, body: true },
  PATCH: { run: patch, on: ['file'], changes: true, body: true },
  MKCOL: { run: mkcol, on: ['unmapped'], changes: true, body: true },
  DELETE: { run: del, on: MAPPED, changes: true, body: false },
  COPY: { run: copy, on: MAPPED, changes: true, body: false },
  MOVE: { run: move, on: MAPPED, changes: true, body: false },
  PROPFIND: { run: propfind, on: MAPPED, changes: false, body: true },
  PROPPATCH: { run: proppatch, on: MAPPED, changes: true, body: true },
  LOCK: { run: lock, on: [...MAPPED, 'unmapped'], changes: true, body: true },
  UNLOCK: { run: unlock, on: MAPPED, changes: true, body: false },
};

export const METHOD_NAMES: readonly string[] = Object.keys(METHODS);

/** Methods of HTTP itself that mean nothing on any resource here: 405, where an unknown one is 501. */
const KNOWN = new Set(['POST', 'TRACE', 'CONNECT']);

/** Answer one request. Throws DavError; a 405 carries the `Allow` of the resource (RFC 9110 §10.2.1). */
export async function dispatch(request: DavRequest, context: Context): Promise<DavResponse> {
  const entry = Object.hasOwn(METHODS, request.method) ? METHODS[request.method] : undefined;
  if (!entry && !KNOWN.has(request.method)) throw new DavError(501, `The method ${request.method} is not known here.`);
  try {
    if (!entry) throw new DavError(405, `${request.method} means nothing here.`);
    // Not 405: rclone, KIO and git take that from MKCOL for "it is there already", and LibreOffice from LOCK for "there are no
    // locks", after which it lets a person edit what can never be saved. On 403 it opens the document read-only.
    if (entry.changes && context.options.readOnly) throw new DavError(403, 'This server is read-only.');
    if (isReserved(request.target.path)) throw reservedName(entry);
    // Bad syntax is told before anything about the resource is; what the conditions come to is asked later.
    if (request.headers.if !== undefined && request.method !== 'OPTIONS') parseIf(request.headers.if);
    if (!entry.body && request.body.length !== 0) await refuseBody(request);
    const response = await entry.run(request, context);
    return request.method === 'OPTIONS' ? withAllowed(response, await allowed(request, context)) : response;
  } catch (error) {
    if (!(error instanceof DavError) || error.status !== 405) throw error;
    throw new DavError(405, error.message, { headers: { Allow: (await allowed(request, context)).join(', ') } });
  }
}

/** The server's own names do not exist for who reads, and are refused to who writes. */
function reservedName({ changes }: Entry): DavError {
  return changes ? new DavError(403, 'This name is reserved for the server.') : new DavError(404, 'There is nothing at this URL.');
}

/** RFC 5789 §3.1: where PATCH is allowed, what it takes is said as well. */
function withAllowed(response: DavResponse, methods: readonly string[]): DavResponse {
  const patches = methods.includes('PATCH') ? { 'Accept-Patch': PATCH_TYPE } : {};
  return { ...response, headers: { ...response.headers, Allow: methods.join(', '), ...patches } };
}

async function allowed(request: DavRequest, context: Context): Promise<string[]> {
  // Of a file addressed with a slash: what keeps a collection from being made there.
  const resource = isReserved(request.target.path) ? undefined : await context.store.stat(request.target.path);
  const kind: Kind = resource ? (resource.collection ? 'collection' : 'file') : 'unmapped';
  return Object.entries(METHODS)
    .filter(([, entry]) => entry.on.includes(kind) && !(entry.changes && context.options.readOnly))
    .map(([name]) => name);
}
