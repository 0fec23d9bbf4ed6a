// PATCH (RFC 5789): sabre/dav's partial update, whose body takes the place of the bytes that X-Update-Range names; and Nextcloud's, of the checksums alone.
import type { Looking } from '../operations/context.ts';
import { parseRecalculation } from '../protocol/checksum.ts';
import { DavError } from '../protocol/error.ts';
import type { DavRequest } from '../protocol/message.ts';
import { parseUpdateRange } from '../protocol/update-range.ts';
import { refuseEncoded } from './body.ts';
import { type Method, requireResource } from './method.ts';
import { recalculate } from './recalculate.ts';
import { upload } from './upload.ts';

/** The one kind of patch document there is here (RFC 5789 §3.1). */
export const PATCH_TYPE = 'application/x-sabredav-partialupdate';

export const patch: Method = async (request, context) => {
  const look = async (looking: Looking) => {
    const resource = await requireResource(request, looking);
    if (resource.collection) throw new DavError(405, 'A collection has no bytes to change.');
    return resource;
  };
  const recalculation = request.headers['x-recalculate-hash'];
  if (recalculation !== undefined) return recalculate(request, parseRecalculation(recalculation), () => look(context), context);
  requirePatchType(request);
  refuseEncoded(request);
  const range = parseUpdateRange(request.headers['x-update-range']);
  if (request.body.length === undefined) throw new DavError(411, 'PATCH needs the length of its body.');
  return upload(request, { range, wrongLength: 416, look }, context);
};

/** RFC 5789 §2.2: 415 says which type would do. */
function requirePatchType({ headers }: DavRequest): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== PATCH_TYPE) throw new DavError(415, `PATCH takes ${PATCH_TYPE}.`, { headers: { 'Accept-Patch': PATCH_TYPE } });
}
