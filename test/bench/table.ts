// The table in Markdown, a line at a time: what each server needed, and how far this one is from the best of the others.
import type { Figure } from './scene.ts';

export type Cell = { readonly median: number } | { readonly said: '–' | 'wrong' | 'cut' | 'refuses' };

export interface Column {
  readonly name: string;
  /** Whether its locks outlive it. */
  readonly durable: boolean;
  /** Nobody's server: what is reached in it is a limit, and not compared with. */
  readonly bare?: boolean;
}

export function headOf(columns: readonly Column[]): string {
  const names = ['row', 'unit', 'physical', ...columns.map(({ name }) => name), 'times the best peer'];
  return `${line(names)}\n${line(names.map((_, at) => (at < 2 ? '---' : '---:')))}`;
}

export function lineOf(
  figure: Figure,
  columns: readonly Column[],
  cells: readonly Cell[],
  physical: number | undefined,
  durable = false,
): string {
  const own = columns.findIndex(({ name }) => name === 'dav207');
  const peers = cells.filter((_, at) => at !== own && !columns[at]?.bare && (!durable || columns[at]?.durable));
  const medians = peers.flatMap((cell) => ('median' in cell ? [cell.median] : []));
  const best = figure.better === 'less' ? Math.min(...medians) : Math.max(...medians);
  const written = cells.map((cell) => {
    if (!('median' in cell)) return cell.said;
    return medians.includes(cell.median) && cell.median === best ? `**${rounded(cell.median)}**` : rounded(cell.median);
  });
  const at = cells[own];
  const factor = at && 'median' in at && medians.length > 0 ? (figure.better === 'less' ? at.median / best : best / at.median) : undefined;
  return line([
    titleOf(figure),
    figure.unit,
    physical === undefined ? '' : rounded(physical),
    ...written,
    factor === undefined ? '' : rounded(factor),
  ]);
}

export function titleOf({ name, size, below }: Figure): string {
  if (below !== undefined) return `… ${name}`;
  return size === undefined ? name : `${name}, ${size.toLocaleString('en')}`;
}

/** Three figures are more than a noisy machine can tell. */
export function rounded(number: number): string {
  if (number >= 1000) return Math.round(number).toLocaleString('en');
  return String(Number(number.toPrecision(3)));
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
