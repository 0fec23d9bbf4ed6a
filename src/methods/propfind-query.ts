// What a PROPFIND asks for. A client asks the same again and again, so that its last bodies are remembered with what they mean.
import type { Context } from '../operations/context.ts';
import { ALLPROP, type PropfindQuery, readPropfind } from '../properties/propfind-xml.ts';
import type { DavRequest } from '../protocol/message.ts';
import { parseXml } from '../protocol/xml.ts';
import { readXmlBody } from './body.ts';

const REMEMBERED = 64; // bodies: far more than there are programs
const SHORT = 4 * 1024; // bytes: what a person's program asks for is a tenth of that

const remembered = new Map<string, PropfindQuery>();

/** Throws as `readXmlBody`, `parseXml` and `readPropfind` do. Only what is right is remembered. */
export async function queryOf(request: DavRequest, context: Context): Promise<PropfindQuery> {
  const bytes = await readXmlBody(request, context);
  if (!bytes) return ALLPROP;
  const type = request.headers['content-type'];
  const key = bytes.length > SHORT ? undefined : `${type ?? ''}\n${Buffer.from(bytes).toString('latin1')}`;
  const known = key === undefined ? undefined : remembered.get(key);
  if (known) return known;
  const query = readPropfind(parseXml(bytes, type));
  if (key !== undefined) remember(key, query);
  return query;
}

function remember(key: string, query: PropfindQuery): void {
  if (remembered.size >= REMEMBERED)
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest);
      break;
    }
  remembered.set(key, query);
}
