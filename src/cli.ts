// The command line: `dav207 [FOLDER]`. An operator's mistake is one line that says what to do, and exit code 2.
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import type { ParseArgsConfig } from 'node:util';
import { parseUser, type User } from './accounts/users.ts';
import { createApp } from './server/app.ts';
import { readArguments } from './server/arguments.ts';
import { parseBase } from './server/base.ts';
import { parseOrigin } from './server/cors.ts';
import { router } from './server/dav.ts';
import { spareLargeUploads } from './server/large-uploads.ts';
import { readLimits } from './server/limits.ts';
import { listen, shutDown } from './server/listen.ts';
import { createLog, LOG_FORMATS } from './server/log-format.ts';
import { listeningMistake, Mistake, startingMistake } from './server/mistake.ts';
import { mounting, urlOf, warningsAbout } from './server/mounting.ts';
import { openService } from './server/service.ts';
import { type Ending, endOnSignals } from './server/signals.ts';
import { readTls } from './server/tls.ts';

const HELP = `dav207 serves a folder over WebDAV and says exactly what happened.

  dav207 [FOLDER]            serve FOLDER (the current one) until Ctrl-C

  --host HOST                address to listen on (127.0.0.1)
  --port PORT                port to listen on; 0 takes any free one (1900)
  --base PATH                URL path to serve under (/)
  --user NAME:PASSWORD       let this person in, nobody else; repeat for more
  --tls-cert FILE            serve https: the certificate, in PEM form
  --tls-key FILE             ... and its private key
  --read-only                change nothing, whoever asks
  --follow-symlinks          let symbolic links lead out of FOLDER
  --depth-infinity           let PROPFIND list a whole tree at once
  --set-modified             let PROPPATCH set getlastmodified
  --run-scripts              let HTML and SVG files run their scripts
  --handling lenient|strict  do what may be done of a folder, or all or nothing
  --rows all|minimal         name what failed because of something else, or not
  --sync                     bring each change to the disk before it is answered
  --cors ORIGIN              let its web pages in (* is any); repeat for more
  --max-body BYTES           refuse a larger upload (no limit); also 500M or 2G
  --max-xml BYTES            refuse larger XML in a request (1M)
  --max-locks N              refuse more locks of one person (10000)
  --max-lock-timeout SECS    end a lock that is not refreshed so long (86400)
  --max-depth N              nest no collections deeper (256)
  --idle-timeout SECS        end a connection that is silent so long (300)
  --max-connections N        answer 503 to more at a time (10000)
  --state DIR                keep locks and properties here (FOLDER/.dav207)
  --log-format FORMAT        pretty, json or none (pretty)
  --help, --version          print this, or the version

Each flag can come from the environment: DAV207_PORT=8080, DAV207_READ_ONLY=1;
DAV207_USER and DAV207_CORS take one a line.
`;

const FLAGS = {
  host: { type: 'string' },
  port: { type: 'string' },
  base: { type: 'string' },
  user: { type: 'string', multiple: true },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'read-only': { type: 'boolean' },
  'follow-symlinks': { type: 'boolean' },
  'depth-infinity': { type: 'boolean' },
  'set-modified': { type: 'boolean' },
  'run-scripts': { type: 'boolean' },
  handling: { type: 'string' },
  rows: { type: 'string' },
  sync: { type: 'boolean' },
  cors: { type: 'string', multiple: true },
  'max-body': { type: 'string' },
  'max-xml': { type: 'string' },
  'max-locks': { type: 'string' },
  'max-lock-timeout': { type: 'string' },
  'max-depth': { type: 'string' },
  'idle-timeout': { type: 'string' },
  'max-connections': { type: 'string' },
  state: { type: 'string' },
  'log-format': { type: 'string' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

/** Runs until a signal ends it. Mistakes end it with exit code 2 and one line on standard error. */
export async function main(args: readonly string[], environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  // Whoever read what is printed may leave (`| head`, a terminal that is closed); the folder is served on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    await serve(args, environment);
  } catch (error) {
    const mistake = startingMistake(error);
    if (mistake === undefined) throw error;
    say(mistake.message);
    process.exitCode = 2;
  }
}

async function serve(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { values, positionals, called } = readArguments(FLAGS, args, environment);
  if (values.help) return void process.stdout.write(HELP);
  if (values.version) return void process.stdout.write(`${version()}\n`);
  if (positionals.length > 1) throw new Mistake('one FOLDER can be served; quote a name with blanks in it.');

  // What a script left empty must not turn into the current folder, or every address.
  for (const [flag, value] of Object.entries(values))
    if (value === '') throw new Mistake(`--${flag} is empty: give a value, or leave it out.`);
  if (positionals[0] === '') throw new Mistake('FOLDER is empty: name the folder to serve.');
  const folder = resolve(positionals[0] ?? (environment.DAV207_FOLDER || '.'));
  const host = (values.host ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1'); // as it stands in a URL
  const port = portOf(values.port ?? '1900', called('port'));
  const base = parseBase(values.base ?? '/', called('base'));
  const users = (values.user ?? []).map((text) => userOf(text, called('user')));
  const cors = (values.cors ?? []).map((text) => originOf(text, called('cors')));
  const tls = readTls(values['tls-cert'], values['tls-key']);
  const log = await createLog(choiceOf(values['log-format'], LOG_FORMATS, called('log-format')));

  const { idleTimeout, maxConnections, ...limits } = readLimits(values, called);
  const access = users.length > 0 ? { users } : {};
  const options = {
    folder,
    ...access,
    cors,
    log,
    readOnly: values['read-only'] ?? false,
    followSymlinks: values['follow-symlinks'] ?? false,
    depthInfinity: values['depth-infinity'] ?? false,
    setModified: values['set-modified'] ?? false,
    runScripts: values['run-scripts'] ?? false,
    sync: values.sync ?? false,
    handling: choiceOf(values.handling, ['lenient', 'strict'], called('handling')),
    ...limits,
    rows: choiceOf(values.rows, ['all', 'minimal'], called('rows')),
    ...(values.state !== undefined && { state: values.state }),
  };
  // It takes a descriptor for a moment: with none left it fails before anything is served, and not after.
  const interfaces = networkInterfaces();
  const service = openService(options);
  const dav = router(service, options);
  await dav.ready;
  const app = createApp(dav, { base, ...access, cors, log, idleTimeout, maxConnections, ...(tls && { tls }) });
  spareLargeUploads(app.server);
  const open = await listen(app.server, port, host).catch(async (error: unknown) => {
    await dav.close();
    throw listeningMistake(error, host, port);
  });
  const served = { scheme: tls ? 'https' : 'http', host, port: open, base, users: users.map(({ name }) => name) } as const;
  (await service).listensAt(urlOf(served, host));
  const stop = async (signal: Ending) => {
    if (signal === 'SIGINT' && app.connections.busy) say('requests still run, and get ten seconds; another Ctrl-C ends them.');
    await shutDown(app, dav);
  };
  endOnSignals(stop, ({ message }) => say(`it did not end in good order: ${message}`));
  // The first line is for programs, too; it stays as it is.
  const lines = [`${folder} is served at ${urlOf(served, host)}`, '', ...mounting(served, interfaces), ''];
  process.stdout.write(`${lines.join('\n')}\n`);
  for (const warning of warningsAbout(served)) say(warning);
}

function say(sentence: string): void {
  process.stderr.write(`dav207: ${sentence.replaceAll('\n', ' ')}\n`);
}

/** `--port 8080`, `DAV207_PORT=8080` */
function spelt(flag: string, text: string): string {
  return `${flag}${flag.startsWith('-') ? ' ' : '='}${text}`;
}

function portOf(text: string, flag: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new Mistake(`${spelt(flag, text)} is not a port: give a number from 0 to 65535.`);
  return Number(text);
}

function userOf(text: string, flag: string): User {
  try {
    return parseUser(text);
  } catch {
    throw new Mistake(`${flag} takes NAME:PASSWORD, both with something in them.`);
  }
}

function originOf(text: string, flag: string): string {
  const origin = parseOrigin(text);
  if (origin === undefined) throw new Mistake(`${spelt(flag, text)} is not an origin: give one such as https://app.example, or * for any.`);
  return origin;
}

/** One of `choices`; the first when nothing is said. */
function choiceOf<Choice extends string>(text: string | undefined, choices: readonly [Choice, ...Choice[]], flag: string): Choice {
  const choice = text === undefined ? choices[0] : choices.find((each) => each === text);
  if (choice === undefined)
    throw new Mistake(`${spelt(flag, text ?? '')} is not known: choose ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}.`);
  return choice;
}

function version(): string {
  return (createRequire(import.meta.url)('../package.json') as { version: string }).version;
}
