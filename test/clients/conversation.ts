// Reads the files of fixtures/replays: what a client says, request by request, and what it must hear.

export interface Exchange {
  /** For messages: the line of the file and the request line. */
  readonly name: string;
  /** Requests of one socket follow each other; sockets run side by side. */
  readonly socket: string;
  /** The request line and the header lines. */
  readonly head: readonly string[];
  /** undefined for none. One of several lines ends with a line feed, one of a single line does not. */
  readonly body: string | undefined;
  readonly status: number;
  readonly expected: readonly string[];
}

export interface Conversation {
  /** The first comment. */
  readonly title: string;
  /** Flags of the server. */
  readonly args: readonly string[];
  /** Other mount paths under which it is played as well. */
  readonly bases: readonly string[];
  /** Lines of a tree. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly exchanges: readonly Exchange[];
}

const REQUEST = /^(?:(\d)> )?([A-Z]+ \S+ HTTP\/1\.1)$/;
const ANSWER = /^<-- (\d{3})$/;

/**
 * Comments start with `#`. `server FLAGS` and `also --base PATH` come first, then `before` with an indented tree; then requests
 * as they go out, each with its answer: `<-- STATUS` and indented expectations (see replay.ts); last `after` with a tree.
 * Throws for any other line: a fixture that is not read is not played.
 */
export function readConversation(text: string): Conversation {
  const lines = text.split('\n');
  const title = /^# (.+)/.exec(lines[0] ?? '')?.[1];
  if (title === undefined) throw new Error('A replay starts with a comment that is its title.');
  const args: string[] = [];
  const bases: string[] = [];
  const trees = { before: [] as string[], after: [] as string[] };
  const exchanges: Exchange[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, socket = '1', request] = REQUEST.exec(line) ?? [];
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('server ')) args.push(...line.split(' ').slice(1));
    else if (line.startsWith('also --base ')) bases.push(line.slice('also --base '.length));
    else if (line === 'before' || line === 'after') {
      const tree = indentedAfter(lines, at);
      trees[line].push(...tree);
      at += tree.length;
    } else if (request !== undefined) {
      const end = lines.findIndex((each, index) => index > at && ANSWER.test(each));
      if (end < 0) throw new Error(`line ${at + 1}: a request without an answer`);
      const [head, body] = requestIn([request, ...lines.slice(at + 1, end)]);
      const expected = indentedAfter(lines, end);
      const status = Number(ANSWER.exec(lines[end] ?? '')?.[1]);
      exchanges.push({ name: `line ${at + 1}, ${request}`, socket, head, body, status, expected });
      at = end + expected.length;
    } else throw new Error(`line ${at + 1} is not understood: ${line}`);
  }
  if (exchanges.length === 0) throw new Error('A replay without a request.');
  return { title, args, bases, ...trees, exchanges };
}

function indentedAfter(lines: readonly string[], at: number): string[] {
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !line.startsWith('  '));
  return rest.slice(0, end < 0 ? undefined : end).map((line) => line.slice(2));
}

function requestIn(lines: readonly string[]): [head: string[], body: string | undefined] {
  const blank = lines.indexOf('');
  if (blank < 0) return [[...lines], undefined];
  const body = lines.slice(blank + 1);
  return [lines.slice(0, blank), body.length > 1 ? `${body.join('\n')}\n` : body[0]];
}
