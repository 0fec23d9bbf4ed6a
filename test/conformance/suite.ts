// The whole suite on one server: every scenario in a collection of its own, one after the other, below one that is taken away.
import { randomBytes } from 'node:crypto';
import { UsageMistake } from './arguments.ts';
import { type Asker, makeAsker } from './asking.ts';
import { asksFor } from './asks.ts';
import { judge, type Verdict, verdictOf } from './judge.ts';
import { locksAt } from './looking.ts';
import { NotMade, said, takeAway, takeLock } from './making.ts';
import { placeAt } from './place.ts';
import { play } from './play.ts';
import { type Effect, effectOf, type Finding } from './played.ts';
import { type Case, readCases } from './scenarios.ts';

export interface Line {
  readonly scenario: string;
  readonly variant: string;
  readonly request: string;
  /** What RFC 4918 asks for. */
  readonly asks: string;
  readonly verdict: Verdict | 'not played';
  /** The status, 0 for none, and how much was done. */
  readonly status: number;
  readonly effect: Effect;
  readonly findings: readonly Finding[];
  /** Why it could not be played. */
  readonly obstacle: string | undefined;
}

export interface Outcome {
  /** What the server calls itself. */
  readonly server: string;
  readonly lines: readonly Line[];
  /** Variants that HTTP cannot show, and variants with `Prefer`. */
  readonly hidden: number;
  readonly preferring: number;
  readonly requests: number;
  readonly milliseconds: number;
  /** The URL of what could not be taken away again. */
  readonly leftover: string | undefined;
}

export async function runSuite(url: string, user: string | undefined): Promise<Outcome> {
  const started = performance.now();
  const asker = makeAsker(user);
  const server = await requireServer(asker, url);
  const top = `${url}conformance-${randomBytes(6).toString('hex')}/`;
  const made = await asker.ask('MKCOL', top);
  if (made.status !== 201) throw new UsageMistake(`${url} takes no new collection: MKCOL is answered ${said(made)}.`);
  const { cases, hidden, preferring } = readCases();
  const lines: Line[] = [];
  let clean = true;
  try {
    const tellsLocks = await showsLocks(asker, `${top}probe/`);
    for (const [index, each] of cases.entries()) lines.push(await lineOf(asker, `${top}${index}/`, each, tellsLocks));
  } finally {
    clean = await takeAway(asker, placeAt(top), []);
  }
  return {
    server,
    lines,
    hidden: hidden.length,
    preferring: preferring.length,
    requests: asker.sent(),
    milliseconds: Math.round(performance.now() - started),
    leftover: clean ? undefined : top,
  };
}

async function requireServer(asker: Asker, url: string): Promise<string> {
  const reply = await asker.ask('PROPFIND', url, { headers: { depth: '0' } });
  if (reply.status === 0) throw new UsageMistake(`${url} does not answer: ${reply.text}.`);
  if (reply.status === 401) throw new UsageMistake(`${url} wants to know who asks: --user NAME:PASSWORD.`);
  if (reply.status !== 207) throw new UsageMistake(`${url} is no WebDAV collection: PROPFIND is answered ${reply.status}.`);
  return reply.headers.server ?? '';
}

/** Whether a lock is seen in `lockdiscovery`: else nothing can be said of locks that are lost or travel. */
async function showsLocks(asker: Asker, base: string): Promise<boolean> {
  const place = placeAt(base);
  await asker.ask('MKCOL', base);
  try {
    const granted = await takeLock(asker, place, '/', { name: 'probe', scope: 'exclusive', depth: '0', principal: '' });
    const shown = await locksAt(asker, place, '/');
    await takeAway(asker, place, [granted]);
    return shown > 0;
  } catch (error) {
    if (error instanceof NotMade) return false;
    throw error;
  }
}

async function lineOf(asker: Asker, base: string, each: Case, tellsLocks: boolean): Promise<Line> {
  const { scenario, variant } = each;
  const { destination } = variant.headers;
  const request = `${variant.method} ${variant.target}${destination ? ` -> ${destination}` : ''}`;
  const known = { scenario: scenario.title, variant: variant.name.replace(/ \([A-Z]-.*\)$/, ''), request, asks: asksFor(variant) };
  const made = await asker.ask('MKCOL', base);
  try {
    if (made.status !== 201) throw new NotMade(`MKCOL is answered ${said(made)}`);
    const played = await play(asker, placeAt(base), each, tellsLocks);
    const findings = judge(played);
    const verdict = verdictOf(findings);
    return { ...known, verdict, status: played.answer.status, effect: effectOf(played), findings, obstacle: undefined };
  } catch (error) {
    if (!(error instanceof NotMade)) throw error;
    return { ...known, verdict: 'not played', status: 0, effect: 'nothing', findings: [], obstacle: error.message };
  }
}
