// The table for a person: a line a scenario, and below it what RFC 4918 says about it.
import { isBroken } from './judge.ts';
import type { Line, Outcome } from './suite.ts';

const WORDS: Readonly<Record<Line['verdict'], string>> = {
  ok: 'ok',
  choice: 'ok',
  should: 'SHOULD',
  must: 'MUST',
  lost: 'LOST',
  'not played': '-',
};

export function tableOf(outcome: Outcome): string {
  const { lines } = outcome;
  const width = Math.max(...lines.map(({ variant }) => variant.length)) + 2;
  const columns = (verdict: string, variant: string, did: string, asks: string, lost: string) =>
    `${verdict.padEnd(8)}${variant.padEnd(width)}${did.padEnd(24)}${asks.padEnd(52)}${lost}`;
  const rows = lines.flatMap((line, index) => [
    ...(line.scenario === lines[index - 1]?.scenario ? [] : ['', line.scenario]),
    columns(WORDS[line.verdict], line.variant, didOf(line), line.asks, lossOf(line)),
    ...line.findings.map(({ level, section, says }) => `${' '.repeat(10)}${level} §${section}: ${says}`),
    ...(line.obstacle === undefined ? [] : [`${' '.repeat(10)}${line.obstacle}`]),
  ]);
  return [columns('verdict', 'scenario', 'the server did', 'RFC 4918 asks for', 'data lost'), ...rows, '', ...summaryOf(outcome)].join(
    '\n',
  );
}

function didOf({ verdict, status, effect, request }: Line): string {
  if (verdict === 'not played') return '-';
  const tree = /^(?:UN)?LOCK /.test(request) ? '' : `, ${effect} done`;
  return `${status || 'no answer'}${tree}`;
}

function lossOf({ verdict, findings }: Line): string {
  if (verdict === 'not played') return '-';
  return findings.some(({ level }) => level === 'lost') ? 'YES' : 'no';
}

export interface Counts {
  readonly played: number;
  readonly must: number;
  readonly lost: number;
  readonly should: number;
  readonly choice: number;
}

export function countsOf({ lines }: Outcome): Counts {
  const having = (level: string) => lines.filter(({ findings }) => findings.some((finding) => finding.level === level)).length;
  return {
    played: lines.filter(({ verdict }) => verdict !== 'not played').length,
    must: having('must'),
    lost: having('lost'),
    should: having('should'),
    choice: having('choice'),
  };
}

export function exitCodeOf({ lines, leftover }: Outcome): 0 | 1 {
  return lines.some(({ findings }) => isBroken(findings)) || leftover !== undefined ? 1 : 0;
}

function summaryOf(outcome: Outcome): string[] {
  const { lines, hidden, preferring, requests, milliseconds, leftover, server } = outcome;
  const { played, must, lost, should, choice } = countsOf(outcome);
  return [
    `${server || 'The server'}: ${played} of ${lines.length} scenarios played, ${requests} requests, ${milliseconds / 1000} s.`,
    `${must} break a MUST, ${lost} lose data, ${should} differ from a SHOULD, ${choice} do what RFC 4918 leaves open.`,
    `Not over HTTP (a fault of the store, a second person): ${hidden}. With Prefer, which RFC 4918 does not know: ${preferring}.`,
    ...(leftover === undefined ? [] : [`It could not be taken away again: ${leftover}`]),
  ];
}
