// A document type declaration is never read, only refused: with which status is decided here (RFC 4918 §20.6).
import { DavError } from './error.ts';

const EXTERNAL_SUBSET = /<!DOCTYPE[\t\n ]+[^\t\n ["'<>]+[\t\n ]+(?:SYSTEM|PUBLIC)[\t\n "']/y;
const BEFORE_SUBSET = /<!DOCTYPE[^>"'[]*\[/y;
const EXTERNAL_ENTITY = /<!ENTITY[\t\n ]+(?:%[\t\n ]+)?[^\t\n "'<>%]+[\t\n ]+(?:SYSTEM|PUBLIC)[\t\n "']/y;

// In the internal subset, what may hold something that looks like a declaration but is none.
const OPAQUE: readonly (readonly [opens: string, closes: string])[] = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['"', '"'],
  ["'", "'"],
];
const NOTABLE = /[<"'\]]/g;

/**
 * The refusal of the DOCTYPE that begins at `at`: 403 `no-external-entities` when it has an external subset or declares
 * an external entity, general or parameter (RFC 4918 §16), 400 otherwise. Nothing is fetched and nothing expanded.
 */
export function refusedDoctype(text: string, at: number): DavError {
  if (matchesAt(EXTERNAL_SUBSET, text, at) || declaresExternalEntity(text, at)) {
    return new DavError(403, 'External entities are not permitted in a request body.', { condition: { name: 'no-external-entities' } });
  }
  return new DavError(400, 'A document type declaration is not permitted in a request body.');
}

function declaresExternalEntity(text: string, start: number): boolean {
  BEFORE_SUBSET.lastIndex = start;
  if (!BEFORE_SUBSET.test(text)) return false;
  NOTABLE.lastIndex = BEFORE_SUBSET.lastIndex;
  for (let match = NOTABLE.exec(text); match && match[0] !== ']'; match = NOTABLE.exec(text)) {
    const at = match.index;
    if (matchesAt(EXTERNAL_ENTITY, text, at)) return true;
    const opaque = OPAQUE.find(([opens]) => text.startsWith(opens, at));
    if (!opaque) continue;
    const end = text.indexOf(opaque[1], at + opaque[0].length);
    if (end === -1) return false;
    NOTABLE.lastIndex = end + opaque[1].length;
  }
  return false;
}

function matchesAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}
