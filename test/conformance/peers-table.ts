// Several servers side by side: what each breaks, and its verdict in every scenario.
import type { Line, Outcome } from './suite.ts';
import { countsOf } from './table.ts';

export interface Compared {
  readonly name: string;
  readonly version: string;
  readonly outcome: Outcome;
}

/** Two tables in Markdown. */
export function comparisonOf(compared: readonly Compared[]): string {
  const totals = compared.map(({ name, version, outcome }) => {
    const { played, must, lost, should, choice } = countsOf(outcome);
    return [
      `${name} ${version}`,
      `${played} of ${outcome.lines.length}`,
      must,
      lost,
      should,
      choice,
      (outcome.milliseconds / 1000).toFixed(1),
    ];
  });
  const titles = [...new Set(compared.flatMap(({ outcome }) => outcome.lines.map(({ scenario }) => scenario)))];
  const rows = titles.map((title) => [
    title,
    ...compared.map(({ outcome }) => cellOf(outcome.lines.filter(({ scenario }) => scenario === title))),
  ]);
  return [
    ...markdown(['server', 'scenarios played', 'break a MUST', 'lose data', 'differ from a SHOULD', 'left open', 'seconds'], totals),
    '',
    ...markdown(['scenario', ...compared.map(({ name }) => name)], rows),
  ].join('\n');
}

/** What is worst in the variants of a scenario, and in how many of them. */
function cellOf(lines: readonly Line[]): string {
  const count = (level: string) => lines.filter(({ findings }) => findings.some((finding) => finding.level === level)).length;
  const unplayed = lines.filter(({ verdict }) => verdict === 'not played').length;
  const parts = [
    ['data lost', count('lost')],
    ['MUST', lines.filter(({ verdict }) => verdict === 'must').length],
    ['SHOULD', lines.filter(({ verdict }) => verdict === 'should').length],
    ['not played', unplayed],
  ] as const;
  const said = parts.filter(([, number]) => number > 0).map(([word, number]) => `${word} ${number}`);
  return said.join(', ') || 'ok';
}

function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
