// What the command line was given: flags as people type them, and the environment, which stands for flags.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Mistake } from './mistake.ts';

type Flags = NonNullable<ParseArgsConfig['options']>;

/** `called`: what to call a flag in a sentence, by its variable when the value came from there. */
type Given<F extends Flags> = ReturnType<typeof parseArgs<{ options: F; allowPositionals: true }>> & { called(flag: string): string };

/** What is asked of the command, not of a server: it does not come from the environment. */
const ASKING: readonly string[] = ['help', 'version'];

const SHORT: Readonly<Record<string, string>> = { '-h': '--help', '-v': '--version', '-V': '--version' };

/** As `parseArgs`, with what the environment says. Throws Mistake. */
export function readArguments<F extends Flags>(flags: F, args: readonly string[], environment: NodeJS.ProcessEnv): Given<F> {
  const typed = plain(args, flags);
  const variables = new Map(Object.keys(flags).flatMap((flag) => (isSet(flag, typed, environment) ? [[flag, variableOf(flag)]] : [])));
  // Before what is typed, where a `--` would make names of it.
  const set = [...variables].flatMap(([flag, variable]) => asArguments(flag, flags[flag], variable, environment[variable] ?? ''));
  try {
    const { values, positionals } = parseArgs({ args: [...set, ...typed], options: flags, allowPositionals: true });
    return { values, positionals, called: (flag: string) => variables.get(flag) ?? `--${flag}` };
  } catch (error) {
    throw new Mistake(`${(error as Error).message.split('. ')[0]}. See dav207 --help.`);
  }
}

/** Short flags written out, and a value that begins like a flag (`--port -1`) bound to its flag. */
function plain(args: readonly string[], flags: Flags): string[] {
  const end = args.indexOf('--');
  const before = end < 0 ? args : args.slice(0, end);
  const bound: string[] = [];
  for (const arg of before) {
    const last = bound.at(-1) ?? '';
    if (/^-\d/.test(arg) && last.startsWith('--') && flags[last.slice(2)]?.type === 'string') bound.splice(-1, 1, `${last}=${arg}`);
    else bound.push(SHORT[arg] ?? arg);
  }
  return end < 0 ? bound : [...bound, ...args.slice(end)];
}

function variableOf(flag: string): string {
  return `DAV207_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** `DAV207_PORT=8080` for `--port 8080`; what stands on the command line wins. */
function isSet(flag: string, typed: readonly string[], environment: NodeJS.ProcessEnv): boolean {
  const given = typed.some((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`));
  return !given && !ASKING.includes(flag) && (environment[variableOf(flag)] ?? '') !== '';
}

function asArguments(flag: string, option: Flags[string] | undefined, variable: string, value: string): string[] {
  if (option?.type === 'string') {
    const values = option.multiple ? value.split(/\r?\n/).filter((line) => line !== '') : [value];
    return values.map((each) => `--${flag}=${each}`);
  }
  if (/^(0|false|no|off)$/i.test(value)) return [];
  if (!/^(1|true|yes|on)$/i.test(value)) throw new Mistake(`${variable}=${value} is not understood: give 1 or 0.`);
  return [`--${flag}`];
}
