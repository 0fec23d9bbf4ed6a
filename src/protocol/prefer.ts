// Prefer (RFC 7240, RFC 8144) and Microsoft's Brief: what the client would like, as far as we know the word.

export interface Preferences {
  readonly return?: 'minimal' | 'representation';
  readonly handling?: 'strict' | 'lenient';
  readonly depthNoroot: boolean;
}

const NOTHING: Preferences = { depthNoroot: false };

const PREFERENCE = /^[ \t]*([\w!#$%&'*+.^`|~-]+)(?:[ \t]*=[ \t]*([\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*"))?[ \t]*$/;

/**
 * Read the Prefer header and `Brief: t`, which means return=minimal where Prefer has no return. Never throws: a preference
 * that is unknown, malformed or has another value is ignored, the first of a name counts (RFC 7240 §2). Names in any case.
 */
export function parsePrefer(prefer: string | undefined, brief?: string | undefined): Preferences {
  if (prefer === undefined && brief === undefined) return NOTHING;
  const asked = new Map<string, string>();
  for (const item of splitUnquoted(prefer ?? '', ',')) {
    const [, name, word] = PREFERENCE.exec(splitUnquoted(item, ';')[0] ?? '') ?? [];
    if (name === undefined || asked.has(name.toLowerCase())) continue;
    asked.set(name.toLowerCase(), word?.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : (word ?? ''));
  }
  const handling = asked.get('handling');
  let wanted = asked.get('return');
  if (wanted !== 'minimal' && wanted !== 'representation') wanted = brief?.toLowerCase() === 't' ? 'minimal' : undefined;
  return {
    ...(wanted === 'minimal' || wanted === 'representation' ? { return: wanted } : {}),
    ...(handling === 'strict' || handling === 'lenient' ? { handling } : {}),
    depthNoroot: asked.get('depth-noroot') === '', // RFC 8144 §4: it takes no value
  };
}

/** Split at a separator that stands outside of quoted-strings (RFC 9110 §5.6.4). */
function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
