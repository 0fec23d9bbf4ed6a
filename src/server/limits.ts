// The limits an operator may set, as a flag (`--max-xml 4M`) or as an option of an app (`maxXml`): what each is called, and its bounds.
import { Mistake } from './mistake.ts';

interface Bounds {
  readonly flag: string;
  readonly most: number;
  /** A size: `500M` is understood on the command line. */
  readonly bytes?: true;
}

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

export const LIMITS = {
  maxBody: { flag: 'max-body', most: 4096 * 1024 * GIB, bytes: true },
  maxXml: { flag: 'max-xml', most: 256 * MIB, bytes: true }, // it is held in memory, and so is what is made of it
  maxLocks: { flag: 'max-locks', most: 1_000_000 },
  maxLockTimeout: { flag: 'max-lock-timeout', most: 2 ** 32 - 1 }, // RFC 4918 §10.7
  maxDepth: { flag: 'max-depth', most: 2_000 }, // a path has 4,000 bytes
  idleTimeout: { flag: 'idle-timeout', most: 2_000_000 }, // Node's timers count milliseconds in 31 bits
  maxConnections: { flag: 'max-connections', most: 1_000_000 },
} as const satisfies Readonly<Record<string, Bounds>>;

export type Limit = keyof typeof LIMITS;

/** What is wrong with the value of an option, in a sentence; undefined when nothing is, or it is left out. */
export function limitProblem(limit: Limit): (value: unknown) => string | undefined {
  const { most } = LIMITS[limit];
  return (value) => (value === undefined || isWithin(value, most) ? undefined : `${limit} must be a whole number from 1 to ${most}.`);
}

/** Throws Mistake for an option that cannot be. */
export function checkLimit(limit: Limit, value: unknown): void {
  const problem = limitProblem(limit)(value);
  if (problem !== undefined) throw new Mistake(problem);
}

/** The limits that the command line gives. Throws Mistake, which calls a flag as `called` does. */
export function readLimits(
  values: Readonly<Record<string, unknown>>,
  called: (flag: string) => string,
): Readonly<Partial<Record<Limit, number>>> {
  const given: Partial<Record<Limit, number>> = {};
  for (const limit of Object.keys(LIMITS) as Limit[]) {
    const text = values[LIMITS[limit].flag];
    if (typeof text === 'string') given[limit] = readLimit(text, LIMITS[limit], called(LIMITS[limit].flag));
  }
  return given;
}

const UNITS = ['', 'K', 'M', 'G', 'T', 'P'];

function readLimit(text: string, { most, bytes }: Bounds, flag: string): number {
  const [, digits, unit = ''] = (bytes ? /^(\d{1,16})([KMGTP])?$/i : /^(\d{1,16})$/).exec(text) ?? [];
  const value = Number(digits) * 1024 ** UNITS.indexOf(unit.toUpperCase());
  if (isWithin(value, most)) return value;
  const said = `${flag}${flag.startsWith('-') ? ' ' : '='}${text}`;
  throw new Mistake(
    bytes
      ? `${said} is not a size here: give bytes from 1 to ${sizeOf(most)}, such as 500000, 500K or 2M.`
      : `${said} is not a limit: give a whole number from 1 to ${most}.`,
  );
}

function isWithin(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

function sizeOf(bytes: number): string {
  const power = UNITS.findLastIndex((_, index) => bytes % 1024 ** index === 0);
  return `${bytes / 1024 ** power}${UNITS[power]}`;
}
