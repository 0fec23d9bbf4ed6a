// PROPFIND (RFC 4918 §9.1): the properties of a resource, its members or its whole tree, streamed row by row.
import { claimantOf, currentOf, locksOn } from '../operations/admission.ts';
import type { Context } from '../operations/context.ts';
import { tooDeep } from '../operations/nesting.ts';
import { ALLPROP, answerPropfind, isLong, type PropfindQuery, readPropfind, wantsSpace } from '../properties/propfind-xml.ts';
import { checkPreconditions } from '../protocol/conditions.ts';
import { DavError } from '../protocol/error.ts';
import { parseDepth } from '../protocol/headers.ts';
import type { DavRequest } from '../protocol/message.ts';
import { MULTISTATUS_END, MULTISTATUS_START, propertyRow, statusRow, XML_TYPE } from '../protocol/multistatus.ts';
import { hrefOf, ROOT } from '../protocol/path.ts';
import { parsePrefer } from '../protocol/prefer.ts';
import type { DeadProperty, Lock } from '../state/state.ts';
import type { Begun, Resource, Space } from '../store/store.ts';
import { contentLocation, type Method, requireResource } from './method.ts';
import { remembering } from './remembered.ts';

const queryOf = remembering(readPropfind);

export const propfind: Method = async (request, context) => {
  const { headers } = request;
  const depth = parseDepth(headers.depth) ?? 'infinity';
  const query = (await queryOf(request, context)) ?? ALLPROP;
  const resource = await requireResource(request, context);
  if (resource.collection && depth === 'infinity' && !context.options.depthInfinity) {
    throw new DavError(403, 'Ask for one level at a time: Depth 0 or 1.', { condition: { name: 'propfind-finite-depth' } });
  }
  if (resource.collection && depth !== 0 && isLong(query))
    throw new DavError(413, 'More properties are asked of each member than the server tells.');
  await claimantOf(request, context);
  if (checkPreconditions(request.method, headers, currentOf(resource)) === 'failed') {
    throw new DavError(412, 'The resource is not what the request expects.');
  }
  const preferences = parsePrefer(headers.prefer, headers.brief);
  const minimal = preferences.return === 'minimal';
  const noroot = preferences.depthNoroot && depth !== 0;
  const walk: Walk = {
    context,
    query,
    request,
    minimal,
    space: wantsSpace(query) ? await context.store.space(resource.path) : undefined,
  };
  // What may fail before the first row still fails as a plain status.
  const locks = await locksOn(resource.path, context);
  const own = noroot ? '' : row(resource, locks, await context.state.properties(resource.path), walk);
  const told: Record<string, string> = { 'Content-Type': XML_TYPE, 'Cache-Control': 'no-cache', Vary: 'Prefer, Brief, Depth' };
  if (minimal || noroot)
    told['Preference-Applied'] = [...(minimal ? ['return=minimal'] : []), ...(noroot ? ['depth-noroot'] : [])].join(', ');
  return {
    status: 207,
    headers: Object.assign(told, contentLocation(resource, request)),
    body:
      resource.collection && depth !== 0
        ? chunked(MULTISTATUS_START + own, memberRows(resource, depth, locks, [resource.identity], walk))
        : MULTISTATUS_START + own + MULTISTATUS_END,
  };
};

/** What is the same for every row of one answer. */
interface Walk {
  readonly context: Context;
  readonly query: PropfindQuery;
  readonly request: DavRequest;
  readonly minimal: boolean;
  readonly space: Space | undefined;
}

const NONE: readonly DeadProperty[] = [];

/** Some rows at a time. `locks` are those on the collection itself; `above` the identities of it and its ancestors, against symbolic links that loop. */
async function* memberRows(
  collection: Resource,
  depth: 1 | 'infinity',
  locks: readonly Lock[],
  above: readonly string[],
  walk: Walk,
  begun?: Begun,
): AsyncGenerator<string> {
  const { store, state, now, options } = walk.context;
  const inherited = locks.filter((lock) => lock.depth === 'infinity');
  const membership = await state.membership(collection.path, now());
  // Gone into once this listing is closed: else a deep tree would hold a descriptor for each of its levels.
  const collections: (readonly [Resource, readonly Lock[]])[] = [];
  // The next one is begun early: what the store does for it beside the event loop is then done while these rows are written.
  let next: Begun | undefined;
  try {
    for await (const batch of store.list(collection.path, undefined, begun)) {
      let rows = '';
      for (const member of batch) {
        // A lock on what another program has replaced by something of the other kind no longer stands.
        const own = membership.locks.get(member.path)?.filter((lock) => lock.collection === member.collection);
        const applying = own ? [...inherited, ...own] : inherited;
        const deeper = depth === 'infinity' && member.collection;
        if (deeper && above.includes(member.identity)) {
          // RFC 5842 §7.2: a loop gets a row of its own and no more.
          rows += statusRow(hrefOf(member, walk.request.base), 508);
          continue;
        }
        if (deeper && tooDeep(member.path, options.depthLimit)) {
          // Without members it would look empty.
          rows += statusRow(hrefOf(member, walk.request.base), 403);
          continue;
        }
        rows += row(member, applying, membership.properties.get(member.path) ?? NONE, walk);
        if (!deeper) continue;
        if (collections.length === 0) next = store.beginList?.(member.path);
        collections.push([member, applying]);
      }
      yield rows;
    }
  } catch (error) {
    // A collection that may not be listed, or vanished meanwhile, has its own row already: its members are simply not known.
    // But where the store fails the answer is cut off: a client that compares would take what is missing for deleted.
    if (!(error instanceof DavError) || error.status >= 500) throw error;
    await store.stat(ROOT);
  }
  for (const [index, [member, applying]] of collections.entries()) {
    const now = next;
    const following = collections[index + 1]?.[0];
    next = following && store.beginList?.(following.path, collections.length - index - 2);
    yield* memberRows(member, depth, applying, [...above, member.identity], walk, now);
  }
}

function row(
  resource: Resource,
  locks: readonly Lock[],
  dead: readonly DeadProperty[],
  { query, request, context, minimal, space }: Walk,
): string {
  const viewer = { principal: request.principal, base: request.base, now: context.now() };
  const propstats = answerPropfind(query, { resource, locks, viewer, space }, dead);
  const shown = minimal ? propstats.filter(({ status }) => status !== 404) : propstats;
  // RFC 8144 §2.1: a row that would be empty keeps an empty 200 propstat.
  return propertyRow(hrefOf(resource, request.base), shown.length > 0 ? shown : [{ status: 200, properties: [] }]);
}

const CHUNK = 64 * 1024; // characters

async function* chunked(start: string, rows: AsyncGenerator<string>): AsyncGenerator<string> {
  let pending = start;
  try {
    const first = rows.next();
    if (!(await isSoon(first))) {
      yield pending;
      pending = '';
    }
    for (let next = await first; !next.done; next = await rows.next()) {
      pending += next.value;
      if (pending.length < CHUNK) continue;
      yield pending;
      pending = '';
    }
    yield pending + MULTISTATUS_END;
  } finally {
    await rows.return(undefined);
  }
}

/** Whether it comes within this turn of the event loop: what is ready does not wait for what takes longer, nor does a small answer go in two. */
function isSoon(coming: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    setImmediate(resolve, false);
    const yes = () => resolve(true);
    coming.then(yes, yes);
  });
}
