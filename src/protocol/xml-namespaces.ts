// Namespaces in XML 1.0: from the names and declarations of one start-tag to expanded names.
import { XML_NAMESPACE, type XmlAttribute } from './xml-element.ts';
import { namespaceError, tooMuch } from './xml-error.ts';

const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

// Each element that declares something has a scope of its own: many prefixes in force times many such elements is
// memory that a small body could ask for.
const SCOPE_BUDGET = 250_000; // prefixes in all scopes of a document together

const NONE: readonly XmlAttribute[] = [];

export type Scope = ReadonlyMap<string, string>;
/** Qualified names to normalised values, as the start-tag has them. */
export type RawAttributes = readonly (readonly [qualified: string, value: string])[];

export interface Resolved {
  readonly namespace: string;
  readonly name: string;
  readonly prefix: string;
  readonly attributes: readonly XmlAttribute[];
  readonly scope: Scope;
}

/** A resolver for one document: `resolve` takes each start-tag with the scope around it. Throws 400. */
export function namespaceResolver(): (qualified: string, attributes: RawAttributes, around: Scope) => Resolved {
  let budget = SCOPE_BUDGET;
  return (qualified, raw, around) => {
    const scope = scopeOf(raw, around);
    if (scope !== around) {
      budget -= scope.size;
      if (budget < 0) throw tooMuch('too many namespace declarations');
    }
    const { prefix, name } = split(qualified);
    return { namespace: namespaceOf(prefix, scope), name, prefix, attributes: attributesOf(raw, scope), scope };
  };
}

function scopeOf(raw: RawAttributes, around: Scope): Scope {
  let scope: Map<string, string> | undefined;
  for (const [qualified, namespace] of raw) {
    const prefix = declaredPrefix(qualified);
    if (prefix === undefined) continue;
    checkDeclaration(prefix, namespace);
    if (prefix === 'xml') continue;
    scope ??= new Map(around);
    if (namespace === '') scope.delete('');
    else scope.set(prefix, namespace);
  }
  return scope ?? around;
}

function declaredPrefix(qualified: string): string | undefined {
  if (qualified === 'xmlns') return '';
  return qualified.startsWith('xmlns:') ? qualified.slice(6) : undefined;
}

/** Namespaces in XML 1.0 §3 (reserved prefixes and names) and §5 (`xmlns:p=""`). */
function checkDeclaration(prefix: string, namespace: string): void {
  if (prefix === 'xmlns') throw namespaceError("the prefix 'xmlns' is declared");
  if (namespace === XMLNS_NAMESPACE) throw namespaceError("a prefix is bound to the namespace of 'xmlns'");
  if ((prefix === 'xml') !== (namespace === XML_NAMESPACE)) throw namespaceError("the prefix 'xml' and its namespace are apart");
  if (prefix !== '' && namespace === '') throw namespaceError('a prefix is bound to an empty name');
}

function attributesOf(raw: RawAttributes, scope: Scope): readonly XmlAttribute[] {
  if (raw.length === 0) return NONE;
  const attributes: XmlAttribute[] = [];
  let expanded: Set<string> | undefined;
  for (const [qualified, value] of raw) {
    if (declaredPrefix(qualified) !== undefined) continue;
    const { prefix, name } = split(qualified);
    const namespace = prefix === '' ? '' : namespaceOf(prefix, scope);
    attributes.push({ namespace, name, prefix, value });
    if (prefix === '') continue;
    const key = `${name} ${namespace}`; // one-to-one: no name holds a blank
    expanded ??= new Set();
    if (expanded.has(key)) throw namespaceError('an attribute is there twice');
    expanded.add(key);
  }
  return attributes;
}

function namespaceOf(prefix: string, scope: Scope): string {
  if (prefix === 'xml') return XML_NAMESPACE;
  const namespace = scope.get(prefix) ?? (prefix === '' ? '' : undefined);
  if (namespace === undefined) throw namespaceError('a prefix is used that is not declared');
  return namespace;
}

function split(qualified: string): { prefix: string; name: string } {
  const colon = qualified.indexOf(':');
  return colon === -1 ? { prefix: '', name: qualified } : { prefix: qualified.slice(0, colon), name: qualified.slice(colon + 1) };
}
