// Structured Fields (RFC 9651): the dictionaries of the digest fields, whose members all have one type.

const KEY = '[a-z*][a-z0-9_.*-]*';
const BARE_ITEM = [
  '@?-?\\d{1,15}(?:\\.\\d{1,3})?', // an integer, a decimal or a date
  '"(?:[ !#-\\[\\]-~]|\\\\["\\\\])*"',
  "[A-Za-z*][\\w!#$%&'*+.^`|~:/-]*",
  ':[A-Za-z0-9+/]*={0,2}:',
  '\\?[01]',
].join('|');
const PARAMETERS = `(?:; *${KEY}(?:=(?:${BARE_ITEM}))?)*`;

function memberOf(type: string): RegExp {
  return new RegExp(`[ \\t]*(${KEY})=${type}${PARAMETERS}[ \\t]*(,|$)`, 'y');
}

const BYTES = memberOf(':([A-Za-z0-9+/]*={0,2}):');
const INTEGER = memberOf('(-?\\d{1,15})');

/** A dictionary of byte sequences; undefined, as if the field were not there, when any of it is ill-formed (RFC 9651 §4.2). */
export function parseBytes(field: string | undefined): Map<string, Buffer> | undefined {
  return parseDictionary(field, BYTES, (value) => Buffer.from(value, 'base64'));
}

/** A dictionary of integers; undefined when any of it is ill-formed. */
export function parseIntegers(field: string | undefined): Map<string, number> | undefined {
  return parseDictionary(field, INTEGER, Number);
}

/** The last of several members with one key counts; parameters are passed over. */
function parseDictionary<T>(field: string | undefined, member: RegExp, read: (value: string) => T): Map<string, T> | undefined {
  if (field === undefined) return undefined;
  const members = new Map<string, T>();
  let separator = '';
  for (let at = 0; at < field.length; at = member.lastIndex) {
    member.lastIndex = at;
    const [, key, value, end] = member.exec(field) ?? [];
    if (key === undefined || value === undefined || end === undefined) return undefined;
    members.set(key, read(value));
    separator = end;
  }
  return separator === ',' ? undefined : members;
}
