// The verdict on one request: everything RFC 4918 has to say about what the server did, and nothing that this server chose.

import { judgeAnswer } from './judge-answer.ts';
import { judgeContent } from './judge-content.ts';
import { judgeEffect } from './judge-effect.ts';
import { judgeLocks } from './judge-locks.ts';
import { judgeProtection } from './judge-protection.ts';
import { judgeRows } from './judge-rows.ts';
import type { Finding, Played } from './played.ts';

export type Verdict = 'ok' | Finding['level'];

const WORST: readonly Finding['level'][] = ['lost', 'must', 'should', 'choice'];

export function judge(played: Played): Finding[] {
  return [judgeContent, judgeProtection, judgeEffect, judgeLocks, judgeAnswer, judgeRows].flatMap((rule) => rule(played));
}

export function verdictOf(findings: readonly Finding[]): Verdict {
  return WORST.find((level) => findings.some((finding) => finding.level === level)) ?? 'ok';
}

/** Whether a server keeps what it must. */
export function isBroken(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === 'lost' || level === 'must');
}
