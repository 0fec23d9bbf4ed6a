// What short XML bodies mean. A client sends the same again and again, and to read them is the most of what a short request costs.
import type { Context } from '../operations/context.ts';
import type { DavRequest } from '../protocol/message.ts';
import { parseXml } from '../protocol/xml.ts';
import type { XmlElement } from '../protocol/xml-element.ts';
import { readXmlBody } from './body.ts';

const REMEMBERED = 64; // bodies: far more than there are programs
const SHORT = 4 * 1024; // bytes: what a person's program sends is a tenth of that

/**
 * Gives what `meaning` says of the body of a request; undefined for no body. Throws as `readXmlBody`, `parseXml` and `meaning` do;
 * only what is right is remembered, and whoever gets it must leave it as it is.
 */
export function remembering<T>(meaning: (document: XmlElement) => T): (request: DavRequest, context: Context) => Promise<T | undefined> {
  const remembered = new Map<string, T>();
  return async (request, context) => {
    const bytes = await readXmlBody(request, context);
    if (!bytes) return undefined;
    const type = request.headers['content-type'];
    const key = bytes.length > SHORT ? undefined : `${type ?? ''}\n${Buffer.from(bytes).toString('latin1')}`;
    const known = key === undefined ? undefined : remembered.get(key);
    if (known !== undefined) return known;
    const meant = meaning(parseXml(bytes, type));
    if (key !== undefined) {
      const [oldest] = remembered.size >= REMEMBERED ? remembered.keys() : [];
      if (oldest !== undefined) remembered.delete(oldest);
      remembered.set(key, meant);
    }
    return meant;
  };
}
