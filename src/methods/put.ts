// PUT (RFC 4918 §9.7, RFC 9110 §9.3.4): a file, or with Content-Range a part of one.
import type { Looking } from '../operations/context.ts';
import { DavError } from '../protocol/error.ts';
import type { DavRequest } from '../protocol/message.ts';
import { parseContentRange } from '../protocol/update-range.ts';
import type { Resource } from '../store/store.ts';
import { refuseEncoded } from './body.ts';
import { type Method, requireParent } from './method.ts';
import { upload } from './upload.ts';

export const put: Method = async (request, context) => {
  refuseEncoded(request);
  const parts = request.headers['content-range'];
  const range = parts === undefined ? undefined : parseContentRange(parts);
  return upload(request, { range, wrongLength: 400, look: (looking) => look(request, looking) }, context);
};

/** The file that would be replaced, if any. */
async function look(request: DavRequest, looking: Looking): Promise<Resource | undefined> {
  const { path, slash } = request.target;
  const resource = await looking.store.stat(path);
  if (resource?.collection) throw new DavError(405, 'A collection cannot be written to; PUT its members.');
  if (slash) throw new DavError(409, 'A file cannot have a URL that ends in a slash.');
  if (!resource) await requireParent(request, looking);
  return resource;
}
