// Reads a scenario file: a tree, faults of the store, and variants of a request with the answer and the tree afterwards.
import { type Drawn, readTree } from './drawing.ts';

export interface Fault {
  readonly verb: string;
  /** What the path ends with. */
  readonly at: string;
  /** With 404 it is really gone from then on, as if another program had removed it. */
  readonly status: number;
  /** Which of the calls it meets fails, counted from 1; without it all of them. */
  readonly call?: number;
}

export interface Variant {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a PROPPATCH or an extended MKCOL: `set t:p=value`, `set D:getetag`, `remove t:p`. */
  readonly instructions: readonly string[];
  readonly principal: string;
  readonly scope: 'exclusive' | 'shared';
  readonly status: number;
  /** Rows of a 207, or the condition of a plain failure, as written in the file. */
  readonly rows: readonly string[];
  /** What a person reads: of each row in order, and of the whole; none are asked for where none is written. */
  readonly sentences: readonly string[];
  /** undefined: the tree is unchanged. */
  readonly after: readonly Drawn[] | undefined;
}

export interface Scenario {
  readonly title: string;
  readonly tree: readonly Drawn[];
  readonly faults: readonly Fault[];
  readonly variants: readonly Variant[];
}

/**
 * A file holds scenarios, each: `# title`, `tree`, indented lines, `fault VERB PATH STATUS [call N]` lines, then variants:
 * `== NAME`, `METHOD /target [as NAME] [shared]`, `Header: value` lines, `set` and `remove` lines, `-> STATUS`, indented rows,
 * sentences in quotes, `after` and a tree, or `unchanged`.
 */
export function readScenarios(text: string): Scenario[] {
  return text
    .split(/^# /m)
    .slice(1)
    .map((part) =>
      readScenario(
        part
          .trimEnd()
          .split('\n')
          .filter((line) => line.trim() !== ''),
      ),
    );
}

function readScenario([title = '', ...lines]: string[]): Scenario {
  const starts = lines.flatMap((line, index) => (line.startsWith('== ') ? [index] : []));
  const head = lines.slice(0, starts[0]);
  const tree = readTree(head.filter((line) => line.startsWith('  ')).map((line) => line.slice(2)));
  const faults = head.filter((line) => line.startsWith('fault ')).map(readFault);
  const variants = starts.map((start, index) => readVariant(lines.slice(start, starts[index + 1])));
  return { title, tree, faults, variants };
}

function readFault(line: string): Fault {
  const match = /^fault (\w+) (.*) (\d{3})(?: call (\d+))?$/.exec(line);
  if (!match) throw new Error(`not a fault: ${line}`);
  const [, verb = '', at = '', status, call] = match;
  return { verb, at, status: Number(status), ...(call !== undefined && { call: Number(call) }) };
}

const INSTRUCTION = /^(?:set|remove) /;

function readVariant([name = '', request = '', ...lines]: string[]): Variant {
  const [method = '', target = '', ...words] = request.split(' ');
  const answer = lines.findIndex((line) => line.startsWith('-> '));
  const after = lines.findIndex((line) => line === 'after' || line === 'unchanged');
  if (answer < 0 || after < 0) throw new Error(`${name} needs an answer and a tree afterwards`);
  const answered = lines.slice(answer + 1, after).map((line) => line.trim());
  return {
    name: name.slice(3),
    method,
    target,
    headers: Object.fromEntries(
      lines
        .slice(0, answer)
        .filter((line) => !INSTRUCTION.test(line))
        .map((line) =>
          line
            .split(/: (.*)/s)
            .slice(0, 2)
            .map((part, index) => (index === 0 ? part.toLowerCase() : part)),
        ),
    ),
    principal: words.includes('as') ? (words[words.indexOf('as') + 1] ?? '') : 'Ann',
    scope: words.includes('shared') ? 'shared' : 'exclusive',
    status: Number(lines[answer]?.slice(3)),
    instructions: lines.slice(0, answer).filter((line) => INSTRUCTION.test(line)),
    rows: answered.filter((line) => !line.startsWith('"')).map((line) => line.replace(/\s+/g, ' ')),
    sentences: answered.flatMap((line) => (line.startsWith('"') ? [JSON.parse(line) as string] : [])),
    after: lines[after] === 'after' ? readTree(lines.slice(after + 1).map((line) => line.slice(2))) : undefined,
  };
}
