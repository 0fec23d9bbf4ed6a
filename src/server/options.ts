// The options of webdav(), and what is wrong with some: an app in JavaScript may give anything, and what is open must be meant so.
import { type User, usersProblem } from '../accounts/users.ts';
import { parseOrigin } from './cors.ts';
import { limitProblem } from './limits.ts';
import { errorLog, type Log } from './log.ts';

export interface WebdavOptions {
  /** The folder to serve. */
  readonly folder: string;
  /** Where locks and dead properties live; `FOLDER/.dav207` when absent. */
  readonly state?: string | undefined;
  /** Without users everybody is the one anonymous principal. */
  readonly users?: readonly User[] | undefined;
  /** Origins whose web pages may use the server, as browsers write them (`https://app.example`); `*` is any, without credentials. */
  readonly cors?: readonly string[] | undefined;
  /** Told of every request and of what goes wrong; what goes wrong is printed on standard error when absent. */
  readonly log?: Log | undefined;
  /** Change nothing, whoever asks. */
  readonly readOnly?: boolean | undefined;
  /** Follow symbolic links out of the folder, for reading and for writing. */
  readonly followSymlinks?: boolean | undefined;
  /** Let PROPFIND list a whole tree at once. */
  readonly depthInfinity?: boolean | undefined;
  /** Let PROPPATCH set `getlastmodified`. */
  readonly setModified?: boolean | undefined;
  /** Let the scripts of HTML, SVG and XML files run in a browser, as this server's own. */
  readonly runScripts?: boolean | undefined;
  /** What a request on a collection comes to whose client says nothing of it, when not all of it may be done. */
  readonly handling?: 'strict' | 'lenient' | undefined;
  /** Whether a 207 names what was not done because of something else. */
  readonly rows?: 'minimal' | 'all' | undefined;
  /** Bytes of an upload; as many as there is room for when absent. */
  readonly maxBody?: number | undefined;
  /** Bytes of an XML body; 1 MiB when absent. */
  readonly maxXml?: number | undefined;
  /** Locks that one person, or all who are anonymous together, may hold; 10,000 when absent. */
  readonly maxLocks?: number | undefined;
  /** Seconds that a lock can have without a refresh; a day when absent. */
  readonly maxLockTimeout?: number | undefined;
  /** How deep a request may nest collections; 256 when absent. */
  readonly maxDepth?: number | undefined;
  /** Bring each change to the disk itself before it is answered, so that no power cut takes it back. */
  readonly sync?: boolean | undefined;
}

/** What is wrong with one option; undefined when nothing is, or it is left out. */
type Problem = (value: unknown) => string | undefined;

const isGiven = (value: unknown) => typeof value === 'string' && value !== '';

const OPTIONS: Readonly<Record<keyof WebdavOptions, Problem>> = {
  folder: (value) => (isGiven(value) ? undefined : "webdav() needs the folder to serve, such as { folder: '/srv/files' }."),
  state: (value) => (value === undefined || isGiven(value) ? undefined : 'state must be the path of a folder, or be left out.'),
  users: usersProblem,
  cors: (value) =>
    value === undefined || areOrigins(value) ? undefined : "cors must be a list of origins, such as ['https://app.example'].",
  log: (value) => (value === undefined || isLog(value) ? undefined : 'log must have the functions request and error, or be left out.'),
  readOnly: switchProblem('readOnly'),
  followSymlinks: switchProblem('followSymlinks'),
  depthInfinity: switchProblem('depthInfinity'),
  setModified: switchProblem('setModified'),
  runScripts: switchProblem('runScripts'),
  handling: choiceProblem('handling', 'lenient', 'strict'),
  rows: choiceProblem('rows', 'all', 'minimal'),
  maxBody: limitProblem('maxBody'),
  maxXml: limitProblem('maxXml'),
  maxLocks: limitProblem('maxLocks'),
  maxLockTimeout: limitProblem('maxLockTimeout'),
  maxDepth: limitProblem('maxDepth'),
  sync: switchProblem('sync'),
};

/** What is wrong with the options of webdav(), in a sentence; undefined when nothing is. */
export function optionsProblem(options: unknown): string | undefined {
  const given = new Map<string, unknown>(typeof options === 'object' ? Object.entries(options ?? {}) : []);
  for (const name of given.keys()) if (!Object.hasOwn(OPTIONS, name)) return unknown(name);
  for (const [name, problemOf] of Object.entries(OPTIONS)) {
    const problem = problemOf(given.get(name));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Where to say what is wrong, be it with the log itself. */
export function logOf(options: WebdavOptions | undefined): Log {
  const log: unknown = options?.log;
  return isLog(log) ? log : errorLog();
}

function unknown(name: string): string {
  const names = Object.keys(OPTIONS);
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, '');
  const meant = names.find((each) => plain(each) === plain(name));
  return `there is no option ${name}: ${meant === undefined ? `choose from ${names.join(', ')}` : `it is called ${meant}`}.`;
}

function switchProblem(name: string): Problem {
  return (value) => (value === undefined || typeof value === 'boolean' ? undefined : `${name} must be true or false.`);
}

function choiceProblem(name: string, ...choices: readonly [string, string]): Problem {
  return (value) => (value === undefined || choices.includes(value as string) ? undefined : `${name} must be ${choices.join(' or ')}.`);
}

/** As browsers write them, or no page would ever be let in. */
function areOrigins(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && parseOrigin(each) === each);
}

function isLog(value: unknown): value is Log {
  const { request, error } = (value ?? {}) as Partial<Record<keyof Log, unknown>>;
  return typeof request === 'function' && typeof error === 'function';
}
