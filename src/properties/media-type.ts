// The media type of a file, by the extension of its name: one answer for GET and for `getcontenttype`.
import { contentType } from 'mime-types';
import { nameOf, type Path } from '../protocol/path.ts';

const UNKNOWN = 'application/octet-stream';

/** By extension, with its dot: looking one up takes as long as a row of a listing. Only those that mean something, or names could fill it. */
const remembered = new Map<string, string>();

/** RFC 9110 §8.3: `application/octet-stream` when nothing is known; content is never sniffed. */
export function mediaTypeOf(path: Path): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? typeOf(name.slice(dot)) : UNKNOWN;
}

function typeOf(extension: string): string {
  const known = remembered.get(extension);
  if (known !== undefined) return known;
  const type = contentType(extension);
  if (type === false) return UNKNOWN;
  // Of either case, of which there are many together.
  if (extension === extension.toLowerCase()) remembered.set(extension, type);
  return type;
}

/** HTML, and XML of any kind: whatever its type is called, an element of XHTML or SVG in it runs. */
export function mayHoldScripts(mediaType: string): boolean {
  return /^(?:text\/html|[^;]+[/+]xml)(?:;|$)/.test(mediaType);
}
