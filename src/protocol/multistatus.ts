// Writes the XML bodies of answers: `multistatus` rows (RFC 4918 §14.16, §14.24) and the `DAV:error` of a plain failure (§14.5).
import type { Condition, DavError } from './error.ts';
import { hrefOf, type Ref } from './path.ts';
import { statusLine } from './status.ts';
import { escapeText } from './xml-write.ts';

/** Our own condition elements live here: RFC 4918 §17 keeps `DAV:` for names an RFC defines. */
export const DAV207_NAMESPACE = 'urn:dav207';

export const XML_TYPE = 'application/xml; charset="utf-8"';

/** Properties of one resource that share an outcome (RFC 4918 §14.22), their elements already written. */
export interface Propstat {
  readonly status: number;
  readonly properties: readonly string[];
  readonly condition?: Condition;
  /** 424: the properties whose failure kept these from being changed. */
  readonly causes?: readonly string[];
  /** One sentence for a person. */
  readonly description?: string;
}

/** `skipped`: never attempted. `incomplete`: only the final step is missing. `aborted`: given up as a whole. */
export type DependencyOutcome = 'skipped' | 'incomplete' | 'aborted';

/** What a 424 row says about its causes. */
export interface Dependency {
  readonly outcome: DependencyOutcome;
  /** Direct causes, each the Ref of another row. */
  readonly causes: readonly Ref[];
  /** The culprits behind them. */
  readonly roots: readonly Ref[];
}

/** One resource of a request on many that was not, or was, handled. */
export interface Row {
  readonly ref: Ref;
  readonly status: number;
  readonly condition?: Condition;
  readonly dependency?: Dependency;
  /** One sentence for a person. */
  readonly description?: string;
}

const CAUSE_LIMIT = 16;

export const MULTISTATUS_START = '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">';
export const MULTISTATUS_END = '</D:multistatus>';

/** `href`, then its propstats: a row of PROPFIND or PROPPATCH. */
export function propertyRow(href: string, propstats: readonly Propstat[]): string {
  return `<D:response><D:href>${escapeHref(href)}</D:href>${writePropstats(propstats)}</D:response>`;
}

/** Percent-encoded as it is, there is one character in it that XML would take for something else. */
function escapeHref(href: string): string {
  return href.includes('&') ? href.replaceAll('&', '&amp;') : href;
}

// What is around the properties that are there, each in one piece: a listing writes a million of them.
const FOUND = '<D:propstat><D:prop>';
const FOUND_END = `</D:prop><D:status>${statusLine(200)}</D:status></D:propstat>`;

export function writePropstats(propstats: readonly Propstat[]): string {
  let written = '';
  for (const each of propstats) written += propstat(each);
  return written;
}

/** A row without properties, for a resource of which nothing can be read. */
export function statusRow(href: string, status: number): string {
  return `<D:response><D:href>${escapeText(href)}</D:href><D:status>${statusLine(status)}</D:status></D:response>`;
}

function propstat({ status, properties, condition, causes, description: sentence }: Propstat): string {
  if (status === 200 && properties.length === 1 && !condition && !causes && !sentence) return FOUND + properties[0] + FOUND_END;
  const dependency = causes
    ? `<e:failed-dependency xmlns:e="${DAV207_NAMESPACE}"><e:cause><D:prop>${causes.join('')}</D:prop></e:cause></e:failed-dependency>`
    : '';
  const prop = properties.length === 0 ? '<D:prop/>' : `<D:prop>${properties.join('')}</D:prop>`;
  const error = errorElement((condition ? conditionElement(condition, '') : '') + dependency);
  return `<D:propstat>${prop}<D:status>${statusLine(status)}</D:status>${error}${description(sentence)}</D:propstat>`;
}

const CHUNK = 64 * 1024; // characters

/**
 * A whole 207 body for a write, in pieces. Each row's `href` and `status` come before its `error`: macOS collects every href it
 * meets.
 */
export function* writeMultistatus(rows: Iterable<Row>, base: string, summary?: string): Generator<string> {
  let chunk = START_WITH_OURS;
  for (const row of rows) {
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = '';
    }
    chunk += writeRow(row, base);
  }
  yield chunk + description(summary) + MULTISTATUS_END;
}

const START_WITH_OURS = `<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:" xmlns:e="${DAV207_NAMESPACE}">`;

function writeRow(row: Row, base: string): string {
  const content =
    (row.condition ? conditionElement(row.condition, base) : '') + (row.dependency ? dependencyElement(row.dependency, base) : '');
  const head = `<D:href>${escapeText(hrefOf(row.ref, base))}</D:href><D:status>${statusLine(row.status)}</D:status>`;
  return `<D:response>${head}${errorElement(content)}${description(row.description)}</D:response>`;
}

function dependencyElement({ outcome, causes, roots }: Dependency, base: string): string {
  const same = causes.length === roots.length && causes.every((cause, index) => cause.path === roots[index]?.path);
  const direct = `<e:cause>${hrefs(causes, base)}</e:cause>`;
  const root = same ? '' : `<e:root-cause>${hrefs(roots, base)}</e:root-cause>`;
  return `<e:failed-dependency><e:outcome>${outcome}</e:outcome>${direct}${root}</e:failed-dependency>`;
}

function hrefs(refs: readonly Ref[], base: string): string {
  const written = refs.slice(0, CAUSE_LIMIT).map((ref) => `<D:href>${escapeText(hrefOf(ref, base))}</D:href>`);
  return written.join('') + (refs.length > CAUSE_LIMIT ? `<e:more>${refs.length - CAUSE_LIMIT}</e:more>` : '');
}

function conditionElement({ name, refs = [] }: Condition, base: string): string {
  const named = refs.map((ref) => `<D:href>${escapeText(hrefOf(ref, base))}</D:href>`).join('');
  return named === '' ? `<D:${name}/>` : `<D:${name}>${named}</D:${name}>`;
}

function errorElement(content: string): string {
  return content === '' ? '' : `<D:error>${content}</D:error>`;
}

function description(sentence: string | undefined): string {
  return sentence ? `<D:responsedescription>${escapeText(sentence)}</D:responsedescription>` : '';
}

/**
 * The body of a plain failure: its condition elements as `DAV:error`, and what was in the way of a request that was given up as
 * a whole; undefined when the failure has neither.
 */
export function errorBody({ condition, others, causes }: DavError, base: string): string | undefined {
  const conditions = [...(condition ? [condition] : []), ...others].map((each) => conditionElement(each, base)).join('');
  const given = causes.length > 0 ? dependencyElement({ outcome: 'aborted', causes, roots: causes }, base) : '';
  if (conditions === '' && given === '') return undefined;
  const ours = given === '' ? '' : ` xmlns:e="${DAV207_NAMESPACE}"`;
  return `<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:"${ours}>${conditions}${given}</D:error>`;
}
