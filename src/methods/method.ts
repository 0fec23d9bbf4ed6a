// Method: what every verb is, and the few questions each of them asks first.

import type { Context, Looking } from '../operations/context.ts';
import { DavError } from '../protocol/error.ts';
import type { DavRequest, DavResponse } from '../protocol/message.ts';
import { hrefOf, parentOf, ROOT } from '../protocol/path.ts';
import type { Resource } from '../store/store.ts';

/** Values in, values out; throws DavError. */
export type Method = (request: DavRequest, context: Context) => Promise<DavResponse>;

/** What the Request-URI maps to. A file addressed with a trailing slash is not there. */
export async function resourceAt({ target }: DavRequest, { store }: Looking): Promise<Resource | undefined> {
  const resource = await store.stat(target.path);
  return resource && target.slash && !resource.collection ? undefined : resource;
}

export async function requireResource(request: DavRequest, looking: Looking): Promise<Resource> {
  const resource = await resourceAt(request, looking);
  if (!resource) throw new DavError(404, 'There is nothing at this URL.');
  return resource;
}

/** RFC 4918 §9.3.1, §9.7.1: 409 unless the new member's parent is a collection. Its ancestors are never made. */
export async function requireParent({ target }: DavRequest, { store }: Looking): Promise<void> {
  const parent = target.path === ROOT ? undefined : await store.stat(parentOf(target.path));
  if (!parent?.collection) throw new DavError(409, 'The parent collection does not exist.');
}

/** RFC 4918 §5.2: a collection addressed without its slash says where it really is. */
export function contentLocation(resource: Resource, { target, base }: DavRequest): Record<string, string> {
  return resource.collection && !target.slash ? { 'Content-Location': hrefOf(resource, base) } : {};
}

/** RFC 4918 §9.3, §9.6, §9.8, §9.9: what answers a change is not to be cached. */
export const CHANGED = { 'Cache-Control': 'no-cache' } as const;

/** RFC 9110 §9.3.4: 201 with its Location when the URL was unmapped before, 204 otherwise. */
export function createdOrReplaced(created: boolean, location: string, headers: Record<string, string> = {}): DavResponse {
  // Not spread: V8 takes a microsecond for each key that follows a spread.
  return created
    ? { status: 201, headers: Object.assign({ Location: location }, CHANGED, headers) }
    : { status: 204, headers: Object.assign({}, CHANGED, headers) };
}
