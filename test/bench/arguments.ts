// The command line of the benchmark: which groups of rows, which servers, how often, and how large.
export interface Arguments {
  readonly rows: readonly string[];
  /** undefined: nobody was named. */
  readonly servers: readonly string[] | undefined;
  /** A few minutes at small sizes. */
  readonly quick: boolean;
  /** undefined: as each row has it. */
  readonly repeats: number | undefined;
  /** What the sizes of the rows are multiplied by. */
  readonly scale: number;
  /** Seconds that one request, or one run of a program, may take. */
  readonly patience: number;
  /** A folder on a disk that confirms what is written. */
  readonly disk: string;
}

/** One line that says what to do; exit code 2. */
export class UsageMistake extends Error {}

const USAGE =
  'npm run bench -- [--rows NAME,...] [--servers NAME,...] [--repeats N] [--scale N] [--patience SECONDS] [--disk DIR] [--quick]';
const FLAGS = ['--rows', '--servers', '--repeats', '--scale', '--patience', '--disk'];

export function readArguments(words: readonly string[], rows: readonly string[], servers: readonly string[]): Arguments {
  const given = new Map<string, string>();
  const rest = words.flatMap((word) => (word.startsWith('--') && word.includes('=') ? splitOnce(word) : [word]));
  const quick = rest.includes('--quick');
  const pairs = rest.filter((word) => word !== '--quick');
  for (let at = 0; at < pairs.length; at += 2) {
    const [flag = '', value] = pairs.slice(at, at + 2);
    if (!FLAGS.includes(flag)) throw new UsageMistake(`there is no ${flag}: ${USAGE}`);
    if (value === undefined) throw new UsageMistake(`${flag} takes a value: ${USAGE}`);
    given.set(flag, value);
  }
  return {
    quick,
    rows: chosen('--rows', given.get('--rows'), rows) ?? rows,
    servers: chosen('--servers', given.get('--servers'), servers),
    repeats: numberOf('--repeats', given.get('--repeats')) ?? (quick ? 1 : undefined),
    scale: numberOf('--scale', given.get('--scale')) ?? (quick ? 0.01 : 1),
    patience: numberOf('--patience', given.get('--patience')) ?? (quick ? 10 : 30),
    disk: given.get('--disk') ?? '/var/tmp',
  };
}

function splitOnce(word: string): string[] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}

function chosen(flag: string, value: string | undefined, all: readonly string[]): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const names = value.split(',').map((name) => all.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name);
  const strange = names.find((name) => !all.includes(name));
  if (strange !== undefined) throw new UsageMistake(`${flag}: there is no ${strange}: ${all.join(', ')}`);
  return names;
}

function numberOf(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!(number > 0)) throw new UsageMistake(`${flag} takes a number above 0: ${USAGE}`);
  return number;
}
