// The If header (RFC 4918 §10.4): a scanner for its grammar, and the truth of its lists against what the resources are now.
import { DavError } from './error.ts';
import { isAbsoluteUri, isUriText } from './uri.ts';

/** One parenthesised list; `tag` is the Simple-ref that rules it, undefined when it speaks of the Request-URI. */
export interface IfList {
  readonly tag: string | undefined;
  readonly conditions: readonly IfCondition[];
}

/** A state token without its brackets, or an entity tag with its quotes and perhaps `W/`. */
export type IfCondition = { readonly not: boolean; readonly token: string } | { readonly not: boolean; readonly etag: string };

/**
 * Parse an If header in one pass. Throws 400 for everything outside the grammar of RFC 4918 §10.4.2: tagged beside untagged
 * lists, a tag without a list, an empty list, and the comma that joins two If lines.
 */
export function parseIf(value: string): readonly IfList[] {
  if (last?.value !== value) last = { value, lists: scan(value) };
  return last.lists;
}

/** One request asks for its own some times over, and it may be long. */
let last: { readonly value: string; readonly lists: readonly IfList[] } | undefined;

function scan(value: string): IfList[] {
  const scanner = new Scanner(value);
  const lists: IfList[] = [];
  scanner.skip();
  while (!scanner.done) {
    const tag = scanner.peek('<') ? scanner.bracketed(isSimpleRef) : undefined;
    if (lists.length > 0 && (tag === undefined) !== (lists[0]?.tag === undefined)) throw scanner.error();
    scanner.skip();
    do {
      lists.push({ tag, conditions: parseList(scanner) });
      scanner.skip();
    } while (scanner.peek('('));
  }
  if (lists.length === 0) throw scanner.error();
  return lists;
}

function parseList(scanner: Scanner): IfCondition[] {
  const conditions: IfCondition[] = [];
  scanner.expect('(');
  do {
    scanner.skip();
    const not = scanner.not();
    conditions.push(scanner.peek('[') ? { not, etag: scanner.entityTag() } : { not, token: scanner.bracketed(isAbsoluteUri) });
    scanner.skip();
  } while (!scanner.peek(')'));
  scanner.expect(')');
  return conditions;
}

function isSimpleRef(text: string): boolean {
  return text.startsWith('/') ? !text.startsWith('//') && isUriText(text) : isAbsoluteUri(text);
}

// Sticky, so that each is tried at one place only and the whole scan stays linear.
const LINEAR_WHITE_SPACE = /(?:[ \t]|\r\n[ \t])*/y;
const NOT = /not/iy;
const BRACKETED = /<([^<>]*)>/y;
const ENTITY_TAG = /\[((?:W\/)?"[!#-~\u0080-\u00ff]*")\]/y; // the tag ends at its quote: it may hold `]`, `)` or `>`

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at === this.#text.length;
  }

  peek(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  expect(character: string): void {
    if (!this.peek(character)) throw this.error();
    this.#at++;
  }

  skip(): void {
    this.#take(LINEAR_WHITE_SPACE);
  }

  /** `Not` in any case (ABNF strings have none), and the white space after it. */
  not(): boolean {
    if (this.#take(NOT) === undefined) return false;
    this.skip();
    return true;
  }

  bracketed(isLegal: (text: string) => boolean): string {
    const text = this.#take(BRACKETED)?.[1];
    if (text === undefined || !isLegal(text)) throw this.error();
    return text;
  }

  entityTag(): string {
    const tag = this.#take(ENTITY_TAG)?.[1];
    if (tag === undefined) throw this.error();
    return tag;
  }

  error(): DavError {
    return new DavError(400, `The If header is not well-formed near its character ${this.#at + 1}.`);
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match !== undefined) this.#at = pattern.lastIndex;
    return match;
  }
}

/** Every state token that appears, wherever and whether its condition holds or not: that submits it (RFC 4918 §10.4.1). */
export function submittedTokens(lists: readonly IfList[]): Set<string> {
  const tokens = new Set<string>();
  for (const list of lists) {
    for (const condition of list.conditions) {
      if ('token' in condition) tokens.add(condition.token);
    }
  }
  return tokens;
}

/** What a resource is when its conditions are judged: its entity tag, undefined when unmapped, and the state tokens that match it. */
export interface TaggedState {
  readonly etag: string | undefined;
  readonly tokens: ReadonlySet<string>;
}

/**
 * Whether one list holds in all its conditions (RFC 4918 §10.4.3). `stateOf` is asked with the tag of a list, undefined for
 * the Request-URI; a false answer here is a 412. Entity tags compare weakly (§10.4.4), tokens as strings.
 */
export function evaluateIf(lists: readonly IfList[], stateOf: (tag: string | undefined) => TaggedState): boolean {
  return lists.some((list) => {
    const state = stateOf(list.tag);
    return list.conditions.every((condition) => matches(condition, state) !== condition.not);
  });
}

function matches(condition: IfCondition, state: TaggedState): boolean {
  // `DAV:no-lock` never matches (RFC 4918 §10.4.8).
  if ('token' in condition) return condition.token !== 'DAV:no-lock' && state.tokens.has(condition.token);
  return state.etag !== undefined && opaque(condition.etag) === opaque(state.etag);
}

function opaque(etag: string): string {
  return etag.replace(/^W\//, '');
}
