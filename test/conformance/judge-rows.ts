// The rows of a 207: who caused it, and what RFC 4918 would rather not see there.
import type { Row } from './answer.ts';
import { judgeCondition } from './judge-answer.ts';
import { effectOf, type Finding, type Played } from './played.ts';

const SECTION: Readonly<Record<string, string>> = { DELETE: '9.6.1', COPY: '9.8.3', MOVE: '9.9.2', LOCK: '9.10.3', UNLOCK: '9.11' };

export function judgeRows(played: Played): Finding[] {
  const { method, answer } = played;
  const section = SECTION[method];
  if (answer.status !== 207 || section === undefined) return [];
  if (!answer.rows) return [{ level: 'must', section: '13', says: 'a 207 without a Multi-Status body' }];
  return [...judgeCulprits(played, answer.rows, section), ...judgeOthers(played, answer.rows, section), ...judgeHrefs(answer.rows)];
}

function judgeCulprits(played: Played, rows: readonly Row[], section: string): Finding[] {
  const { method, after, before, pathOf } = played;
  const culprits = rows.filter(({ status }) => status >= 300 && status !== 424);
  if (culprits.length === 0) {
    if (effectOf(played) === 'all') return [{ level: 'choice', section: '13', says: 'a 207 although all was done' }];
    return [{ level: method === 'DELETE' ? 'should' : 'must', section, says: 'a 207 that names nothing that failed by itself' }];
  }
  const gone = culprits
    .flatMap(({ hrefs }) => hrefs.map(pathOf))
    .filter((path) => path !== undefined && before.has(path) && !after.has(path));
  return [
    ...(method === 'DELETE'
      ? gone.map((path): Finding => ({ level: 'should', section, says: `${path} is named as not deleted, and gone` }))
      : []),
    ...distinct(culprits.filter(({ status }) => status === 423).flatMap(({ conditions }) => judgeCondition(conditions, method))),
  ];
}

function judgeOthers({ method, target, pathOf }: Played, rows: readonly Row[], section: string): Finding[] {
  const has = (test: (row: Row) => boolean) => rows.some(test);
  const own = rows.find(({ hrefs }) => hrefs.some((href) => pathOf(href) === target));
  const found: Finding[] = [];
  if (method === 'LOCK') {
    if (!own) found.push({ level: 'should', section, says: 'no 424 row for the Request-URI' });
    return found;
  }
  if (has(({ status }) => status === 424)) found.push({ level: 'should', section, says: '424 rows' });
  if (has(({ status }) => status >= 200 && status < 300)) found.push({ level: 'should', section, says: 'rows of success' });
  return found;
}

/** RFC 4918 §14.24: a URL has one row. */
function judgeHrefs(rows: readonly Row[]): Finding[] {
  const hrefs = rows.flatMap((row) => row.hrefs);
  const twice = hrefs.filter((href, index) => hrefs.indexOf(href) !== index);
  return [...new Set(twice)].map((href) => ({ level: 'must', section: '14.24', says: `two rows for ${href}` }));
}

function distinct(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ says }, index) => findings.findIndex((each) => each.says === says) === index);
}
