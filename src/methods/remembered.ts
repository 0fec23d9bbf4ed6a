// What short XML bodies mean. A client sends the same again and again, and to read them is the most of what a short request costs.
import type { Context } from '../operations/context.ts';
import type { DavRequest } from '../protocol/message.ts';
import { parseXml } from '../protocol/xml.ts';
import type { XmlElement } from '../protocol/xml-element.ts';
import { readXmlBody } from './body.ts';

const REMEMBERED = 64; // bodies: far more than there are programs
const SHORT = 4 * 1024; // bytes: what a person's program sends is a tenth of that

interface Body<T> {
  readonly type: string | undefined;
  readonly bytes: Uint8Array;
  readonly meant: T;
}

/**
 * Gives what `meaning` says of the body of a request; undefined for no body. Throws as `readXmlBody`, `parseXml` and `meaning` do;
 * only what is right is remembered, and whoever gets it must leave it as it is.
 */
export function remembering<T>(meaning: (document: XmlElement) => T): (request: DavRequest, context: Context) => Promise<T | undefined> {
  // Compared byte by byte, most of them by their length alone: a key to look one up by would have to be made of all of it.
  const remembered: Body<T>[] = [];
  return async (request, context) => {
    const bytes = await readXmlBody(request, context);
    if (!bytes) return undefined;
    const type = request.headers['content-type'];
    const known = remembered.find((body) => body.bytes.length === bytes.length && body.type === type && isSame(body.bytes, bytes));
    if (known) return known.meant;
    const meant = meaning(parseXml(bytes, type));
    if (bytes.length > SHORT) return meant;
    if (remembered.length >= REMEMBERED) remembered.shift();
    remembered.push({ type, bytes: new Uint8Array(bytes), meant });
    return meant;
  };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
