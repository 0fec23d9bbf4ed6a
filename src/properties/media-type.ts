// The media type of a file, by the extension of its name: one answer for GET and for `getcontenttype`.
import { contentType } from 'mime-types';
import { nameOf, type Path } from '../protocol/path.ts';

/** RFC 9110 §8.3: `application/octet-stream` when nothing is known; content is never sniffed. */
export function mediaTypeOf(path: Path): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf('.');
  return (dot > 0 && contentType(name.slice(dot))) || 'application/octet-stream';
}

/** HTML, and XML of any kind: whatever its type is called, an element of XHTML or SVG in it runs. */
export function mayHoldScripts(mediaType: string): boolean {
  return /^(?:text\/html|[^;]+[/+]xml)(?:;|$)/.test(mediaType);
}
