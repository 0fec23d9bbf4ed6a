// The rows of a 207, and the conditions of a plain failure, read back from XML.
import type { Path } from '../../src/protocol/path.ts';
import { parseXml } from '../../src/protocol/xml.ts';
import { davChildren, elementsOf, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import { pathOf } from './scene.ts';

export interface AnswerRow {
  readonly href: string;
  readonly path: Path;
  readonly status: number;
  /** The name of the condition element, and what it names. */
  readonly condition: string | undefined;
  readonly hrefs: readonly string[];
  /** Of a 424. */
  readonly outcome: string | undefined;
  readonly causes: readonly string[];
  readonly roots: readonly string[];
}

export interface Body {
  readonly rows: readonly AnswerRow[];
  /** Of a plain failure: every href in its `DAV:error`. */
  readonly named: readonly string[];
}

export function bodyOf(text: string): Body {
  if (!text.startsWith('<?xml')) return { rows: [], named: [] };
  const document = parseXml(Buffer.from(text));
  if (document.name === 'error') return { rows: [], named: elementsOf(document).flatMap(hrefsIn) };
  if (document.name !== 'multistatus') return { rows: [], named: [] };
  return { rows: davChildren(document, 'response').map(rowOf), named: [] };
}

function rowOf(response: XmlElement): AnswerRow {
  const href = davChildren(response, 'href').map(textOf).join();
  const status = Number(davChildren(response, 'status').map(textOf).join().split(' ')[1]);
  const [condition] = davChildren(response, 'error').flatMap(elementsOf);
  const own = condition?.name === 'failed-dependency' ? condition : undefined;
  const inside = (name: string) => (own ? elementsOf(own).filter((child) => child.name === name) : []);
  return {
    href,
    path: pathOf(href),
    status,
    condition: own ? undefined : condition?.name,
    hrefs: condition && !own ? hrefsIn(condition) : [],
    outcome: inside('outcome').map(textOf)[0],
    causes: inside('cause').flatMap(hrefsIn),
    roots: inside('root-cause').flatMap(hrefsIn),
  };
}

function hrefsIn(element: XmlElement): string[] {
  return davChildren(element, 'href').map(textOf);
}

/** As scenario files write it. */
export function rowText({ href, status, condition, hrefs, outcome, causes, roots }: AnswerRow): string {
  const behind = roots.length > 0 ? ` (${roots.join(' ')})` : '';
  const why = outcome === undefined ? [condition, ...hrefs].filter(Boolean).join(' ') : `${outcome} <- ${causes.join(' ')}${behind}`;
  return [href, status, why].filter(Boolean).join(' ');
}

/** What failed by itself, in any order of rows. */
export function culpritsOf(rows: readonly AnswerRow[]): AnswerRow[] {
  return rows.filter(({ status }) => status >= 300 && status !== 424);
}
