// How a request body that is not well-formed XML, or more of it than we take, is refused (RFC 4918 §8.2).
import { DavError } from './error.ts';

/** 400 that names the trouble at `at` (an index into `text`, whose lines end in `\n`) and its line. */
export function illFormed(trouble: string, text: string, at: number): DavError {
  const line = text.slice(0, at).split('\n').length;
  return new DavError(400, `The request body is not well-formed XML: ${trouble} (line ${line}).`);
}

/** 400 for a breach of Namespaces in XML 1.0, which RFC 4918 §8.2 wants treated like ill-formed XML. */
export function namespaceError(trouble: string): DavError {
  return new DavError(400, `The request body breaks the rules of XML namespaces: ${trouble}.`);
}

/** 400 for well-formed XML that asks too much (RFC 4918 §8.2 permits it, §20.6 recommends care). */
export function tooMuch(what: string): DavError {
  return new DavError(400, `The request body holds more XML than this server takes: ${what}.`);
}
