// What holds of every answer to a hostile request.
import { requireShape } from '../shape/answer-shape.ts';
import type { Besieged } from './besieged.ts';
import type { Heard } from './exchange.ts';
import type { Hostile } from './hostile.ts';

/** Not implemented, another server's, another HTTP, no room: these are said of the request or the disk, not of a bug. */
const ANSWERS = [501, 502, 505, 507];
const STACK = /\n {4}at |node:internal|file:\/\/\/.*\.[jt]s|\.[jt]s:\d+:\d+/;

/** What breaks a law; undefined where all hold. */
export function brokenBy(asked: Hostile, heard: Heard, { secrets, failure }: Besieged): string | undefined {
  const { status, headers, body, all } = heard;
  if (status >= 500 && !ANSWERS.includes(status)) return `it is answered ${status}: ${reasonOf(failure())}`;
  const text = all.toString('latin1');
  const told = toldIn(text, { secrets, failure });
  if (told !== undefined) return told;
  const stack = STACK.exec(text)?.[0];
  if (stack !== undefined && !sent(asked, stack)) return `the answer holds a stack: ${JSON.stringify(stack)}`;
  try {
    const prefer = asked.headers.find(([name]) => name.toLowerCase() === 'prefer')?.[1];
    requireShape(
      { method: asked.method, target: asked.target, prefer },
      { status, type: headers.get('content-type'), location: headers.get('location'), body },
    );
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** The same of all that came back on a connection, be it several answers. */
export function brokenByAny(all: Buffer, place: Besieged): string | undefined {
  const text = all.toString('latin1');
  if (!/^HTTP\/1\.1 [1-5]\d\d /.test(text)) return `it is not answered: ${JSON.stringify(text.slice(0, 200))}`;
  const bad = [...text.matchAll(/^HTTP\/1\.1 (5\d\d) /gm)].map(([, status]) => Number(status)).find((status) => !ANSWERS.includes(status));
  if (bad !== undefined) return `it is answered ${bad}: ${reasonOf(place.failure())}`;
  return toldIn(text, place);
}

function toldIn(text: string, { secrets, failure }: Pick<Besieged, 'secrets' | 'failure'>): string | undefined {
  const row = /HTTP\/1\.1 (500|503|504)[^<]*<\/D:status>/.exec(text);
  if (row) return `a row is ${row[0]}: ${reasonOf(failure())}`;
  for (const [what, secret] of secrets) if (text.includes(secret)) return `the answer holds ${what}`;
  return undefined;
}

/** What a client has sent it may be told again. */
function sent({ target, headers, body }: Hostile, text: string): boolean {
  return [target, ...headers.flat(), body?.toString('latin1') ?? ''].some((part) => part.includes(text));
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? String(failure.stack) : String(failure);
}
