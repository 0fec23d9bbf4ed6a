// What an answer says, read as kindly as can be: the rows of a Multi-Status, the conditions of an error, the lock token.
import { parseXml } from '../../src/protocol/xml.ts';
import { davChildren, elementsOf, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import type { Reply } from './asking.ts';

export interface Condition {
  readonly name: string;
  readonly hrefs: readonly string[];
}

export interface Row {
  readonly hrefs: readonly string[];
  /** 0: it has none of its own. */
  readonly status: number;
  readonly conditions: readonly Condition[];
  readonly propstats: readonly XmlElement[];
}

export interface Answer {
  readonly status: number;
  /** Why there was no answer at all. */
  readonly silence: string | undefined;
  /** undefined: the body is no Multi-Status. */
  readonly rows: readonly Row[] | undefined;
  readonly conditions: readonly Condition[];
  /** The token of a lock that was granted. */
  readonly token: string | undefined;
}

export function readAnswer({ status, headers, text }: Reply): Answer {
  const body = documentIn(text);
  return {
    status,
    silence: status === 0 ? text : undefined,
    rows: body?.name === 'multistatus' ? davChildren(body, 'response').map(readRow) : undefined,
    conditions: body?.name === 'error' ? conditionsIn(body) : [],
    // RFC 4918 §9.10.1 wants the header of a new lock; some servers have the token in the body only.
    token: status < 300 ? (/<([^>]+)>/.exec(headers['lock-token'] ?? '')?.[1] ?? tokenIn(body)) : undefined,
  };
}

function documentIn(text: string): XmlElement | undefined {
  try {
    const root = parseXml(Buffer.from(text.trim()));
    return root.namespace === 'DAV:' ? root : undefined;
  } catch {
    return undefined; // A page for people, or nothing.
  }
}

function readRow(response: XmlElement): Row {
  const error = davChildren(response, 'error')[0];
  return {
    hrefs: davChildren(response, 'href').map(textOf),
    status: statusIn(response),
    conditions: error ? conditionsIn(error) : [],
    propstats: davChildren(response, 'propstat'),
  };
}

export function statusIn(element: XmlElement): number {
  const [status] = davChildren(element, 'status');
  return Number(/\d{3}/.exec(status ? textOf(status) : '')?.[0] ?? 0);
}

function conditionsIn(error: XmlElement): Condition[] {
  return elementsOf(error)
    .filter(({ namespace }) => namespace === 'DAV:')
    .map((condition) => ({ name: condition.name, hrefs: davChildren(condition, 'href').map(textOf) }));
}

function tokenIn(body: XmlElement | undefined): string | undefined {
  const steps = ['lockdiscovery', 'activelock', 'locktoken', 'href'];
  const found = steps.reduce<XmlElement | undefined>((element, name) => element && davChildren(element, name)[0], body);
  return found && textOf(found).trim();
}
