// The checksums of a file that came without one, taken by the server: newer rclone asks Nextcloud for it after an upload.
import { claimantOf, requireOpen, requirePreconditions } from '../operations/admission.ts';
import type { Context } from '../operations/context.ts';
import { perform } from '../operations/perform.ts';
import { planOf } from '../operations/plan.ts';
import { requireDone } from '../operations/report.ts';
import { refTo } from '../operations/tree.ts';
import { checksumsProperty } from '../properties/checksums.ts';
import { checksumsToTake, checksumText } from '../protocol/checksum.ts';
import { DavError } from '../protocol/error.ts';
import { type Algorithm, digestsOf, hashersOf } from '../protocol/hashing.ts';
import type { DavRequest, DavResponse } from '../protocol/message.ts';
import type { Resource } from '../store/store.ts';
import { refuseBody } from './body.ts';
import { CHANGED } from './method.ts';

/** `look` gives the file. The one checksum that is asked for is answered; those that are stored with it are what an upload gets. */
export async function recalculate(
  request: DavRequest,
  asked: Algorithm,
  look: () => Promise<Resource>,
  context: Context,
): Promise<DavResponse> {
  await refuseBody(request);
  const { path } = request.target;
  const admit = async () => {
    const resource = await look();
    await requireOpen([path], await claimantOf(request, context), 'change', context);
    requirePreconditions(request, resource);
    return resource;
  };
  // Reading takes its time, so it is done before the gate, but for nobody who may not change the file.
  await admit();
  const { bytes, resource } = await context.store.read(path);
  const hashers = hashersOf(checksumsToTake([asked]));
  for await (const chunk of bytes()) for (const hasher of hashers.values()) hasher.update(chunk);
  const digests = digestsOf(hashers);
  const { result } = await perform(context, {
    claims: [path],
    admit,
    plan(current) {
      if (current.etag !== resource.etag) throw new DavError(409, 'The file was changed meanwhile; ask again.');
      const properties = [checksumsProperty(checksumText([...digests.keys()], digests), current)];
      return planOf('change', refTo(current), { do: 'properties', changes: [{ do: 'set', path, properties }] });
    },
  });
  requireDone(result);
  return { status: 204, headers: { 'OC-Checksum': checksumText([asked], digests), ...CHANGED } };
}
