// The shape of every answer: throws, rule first, where one breaks what RFC 4918 says of bodies. All that tests ask goes through it.
import { parseXml } from '../../src/protocol/xml.ts';
import { davChildren, elementsOf, isDav, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import { requireDependencies } from './dependency-shape.ts';
import { broken, nameOf, statusOf } from './element-shape.ts';
import { type Failing, requireMultistatus, requirePropstats } from './multistatus-shape.ts';
import { requireVocabulary } from './vocabulary.ts';

export interface Asked {
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  /** The Prefer header. */
  readonly prefer: string | undefined;
}

export interface Answered {
  readonly status: number;
  readonly type: string | undefined;
  /** The Location header. */
  readonly location: string | undefined;
  readonly body: Uint8Array;
}

/** '' is an answer without XML of ours in it. */
export type Kind = 'multistatus' | 'error' | 'prop' | 'mkcol-response' | '';

const XML_TYPE = 'application/xml; charset="utf-8"';

/** Which kind of body it is; throws an Error that names the rule when it is not what its kind has to be. */
export function requireShape(asked: Asked, { status, type, location, body }: Answered): Kind {
  requireStatus(asked, status);
  if (status === 207 && location !== undefined) throw broken('D-13-b', `a 207 with the Location ${location}`);
  const xml = /^(application|text)\/xml/.test(type ?? '') && body.length > 0 && !(holdsFile(asked) && status < 400 && status !== 207);
  if (!xml) {
    if (status === 207) throw broken('D-11.1-a', 'a 207 without XML');
    if (status === 423) throw broken('D-11.3-a', 'a 423 without a condition');
    return '';
  }
  if (type !== XML_TYPE) throw broken('D-08.2-c', `the type ${type}`);
  const root = parseXml(body);
  if ((status === 207) !== isDav(root, 'multistatus')) throw broken('D-11.1-a', `a ${status} with ${nameOf(root)}`);
  requireVocabulary(root);
  if (isDav(root, 'error')) requireError(asked.method, status, root);
  else if (isDav(root, 'multistatus')) requireRows(asked, root);
  else if (isDav(root, 'mkcol-response')) requirePropstats(root, davChildren(root, 'propstat'));
  else if (!isDav(root, 'prop')) throw broken('D-17-a', `the document element ${nameOf(root)}`);
  return root.name as Kind;
}

/** RFC 8144 §3: a change may be answered with the file too. */
function holdsFile({ method, prefer }: Asked): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  return ['PUT', 'PATCH', 'COPY', 'MOVE'].includes(method) && /return=representation/.test(prefer ?? '');
}

/** KDE takes 201 and 204 alone for a done COPY or MOVE, 200 and 204 for a done DELETE; 424 is the status of a row. */
function requireStatus({ method, prefer }: Asked, status: number): void {
  if (status === 424) throw broken('D-11.4-a', 'a plain 424');
  // RFC 8144 §3.1: the file in the answer makes it 200, for who asked.
  const copied = /return=representation/.test(prefer ?? '') ? [200, 201, 204] : [201, 204];
  const done = { DELETE: [204], COPY: copied, MOVE: copied }[method];
  if (done && status < 400 && status !== 207 && !done.includes(status)) throw broken('Z-kio-a', `${method} is ${status}`);
}

function requireError(method: string, status: number, error: XmlElement): void {
  if (status < 400) throw broken('D-14.5-a', `DAV:error with ${status}`);
  requireConditions({ status, error, at: 'the answer' }, method);
}

function requireRows(asked: Asked, root: XmlElement): void {
  const { method, prefer } = asked;
  const failing = requireMultistatus(root);
  for (const each of failing) requireConditions(each, method);
  if (!WRITING.has(method)) return;
  const rows = davChildren(root, 'response');
  const statuses = rows.flatMap((row) => davChildren(row, 'status').map(statusOf));
  // neon, in cadaver and davfs2, takes a 207 of 2xx and 424 alone for a success.
  if (statuses.every((status) => status < 300 || status === 424)) throw broken('Z-neon-a', `no culprit among ${statuses.join(' ')}`);
  const each = /return=representation/.test(prefer ?? '');
  if (!each && statuses.some((status) => status < 300)) throw broken(NO_SUCCESS[method] ?? method, 'a row of a success');
  const minimal = /return=minimal/.test(prefer ?? '');
  // RFC 4918 §9.10.3 wants the Request-URI's 424 of a LOCK all the same, and UNLOCK has it for the same reason.
  if (minimal && statuses.slice(method === 'LOCK' || method === 'UNLOCK' ? 1 : 0).includes(424))
    throw broken('F-ext-a', '424 with return=minimal');
  // macOS stops at the first row whose href holds the request path, and never gets past one that is longer.
  const first = textOf(davChildren(rows[0] ?? root, 'href')[0] ?? root);
  if (!minimal && canonical(first) !== canonical(asked.target)) throw broken('Z-mac-b', `the first row is ${first}`);
  if (!minimal) requireDependencies(rows);
}

const WRITING = new Set(['DELETE', 'COPY', 'MOVE', 'LOCK', 'UNLOCK']);
const NO_SUCCESS: Readonly<Record<string, string>> = { DELETE: 'D-09.6.1-e', COPY: 'D-09.8.3-g', MOVE: 'D-09.9.2-e' };

function canonical(target: string): string {
  const [path = ''] = target.replace(/^https?:\/\/[^/]*/i, '').split('?');
  return decodeURIComponent(path).replace(/\/+/g, '/').replace(/\/$/, '');
}

/** The statuses that RFC 4918 §16, RFC 4331 §6 and RFC 5689 §3.3 give their conditions. */
const STATUSES: Readonly<Record<string, readonly number[]>> = {
  'lock-token-matches-request-uri': [409, 412], // 412 for a refresh: §9.10.6
  'lock-token-submitted': [423],
  'no-conflicting-lock': [423],
  'no-external-entities': [403],
  'propfind-finite-depth': [403],
  'cannot-modify-protected-property': [403],
  'quota-not-exceeded': [507],
  'sufficient-disk-space': [507],
  'valid-resourcetype': [403],
};

function requireConditions({ status, error, at }: Failing, method: string): void {
  const conditions = error ? elementsOf(error) : [];
  if (error && (conditions.length === 0 || textOf(error).trim() !== '')) throw broken('D-14.5-a', `DAV:error of ${at}`);
  for (const condition of conditions.filter(({ namespace }) => namespace === 'DAV:')) {
    if (!STATUSES[condition.name]?.includes(status)) throw broken('D-16-a', `${condition.name} with ${status} at ${at}`);
  }
  if (status !== 423) return;
  // Only a LOCK can be in conflict with a lock; what else is locked wants its token, and one locked URL at least is named.
  const wanted = method === 'LOCK' ? ['no-conflicting-lock', 'lock-token-submitted'] : ['lock-token-submitted'];
  const named = conditions.some((condition) => wanted.includes(condition.name) && davChildren(condition, 'href').length > 0);
  if (!named) throw broken(method === 'MOVE' ? 'D-09.9.4-a, D-11.3-a' : 'D-11.3-a', `a 423 without ${wanted[0]} at ${at}`);
}
