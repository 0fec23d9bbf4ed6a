// `npm run bench`: this server and others, asked the same, checked and timed, in one table. CONTRIBUTING.md names the flags.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Arguments, readArguments, UsageMistake } from './arguments.ts';
import { ceilingOf } from './ceiling.ts';
import { confirmationOf, kindOf } from './disk.ts';
import { startGenerator } from './generator.ts';
import { GROUPS } from './groups.ts';
import { makeGrowth } from './growth.ts';
import { makePace } from './pace.ts';
import { type Entry, messageOf, playGroup, type Terms } from './play.ts';
import { BARE, SERVERS, serverNamed, serversFor } from './servers.ts';
import { makeStock, ran } from './stock.ts';
import { headOf, rounded } from './table.ts';

/** Their locks end with them. */
const FORGETFUL = ['nginx', 'rclone', 'x/net'];

const notes: string[] = [];
const say = (text: string) => process.stdout.write(`${text}\n`);
const given = argumentsOrExit();
process.setMaxListeners(SERVERS.length + 10); // Each server that runs waits for the end of this, to end with it.
const place = placeIn(tmpdir());
const disk = placeIn(given.disk);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const entries = (given.servers ?? serversFor(given.quick)).flatMap(entryOf);
const loads = { light: startGenerator(), heavy: startGenerator(), patience: given.patience * 1000 };
const growth = makeGrowth();
const common = { loads, pace: makePace(loads.patience), repeats: given.repeats };
const groups = GROUPS.filter(({ name }) => given.rows.includes(name));
const begun = performance.now();
const since = () => `${Math.round((performance.now() - begun) / 1000)} s`;
try {
  const [inPlace, onDisk] = [termsIn(place), termsIn(disk)];
  say(`Scale ${given.scale}; ${entries.map(({ peer }) => `${peer.name} ${peer.version}`).join(', ')}; Node ${process.version}.`);
  say(whereSentence());
  say(await ceilingOf(loads.light));
  say(`\n${headOf(entries.map(({ column }) => column))}`);
  for (const group of groups) {
    process.stderr.write(`${group.name}, after ${since()}, load ${loadavg()[0]?.toFixed(1)}\n`);
    await playGroup(group, entries, group.onDisk ? onDisk : inPlace, {
      row: say,
      note(text) {
        notes.push(text);
        process.stderr.write(`  ${text}\n`);
      },
      measured: growth.measured,
    }).catch((failure: unknown) => notes.push(`${group.name}: ${messageOf(failure)}`));
  }
  say(`\n${growth.table(entries.map(({ peer }) => peer.name))}\n\n${notes.map((note) => `- ${note}`).join('\n')}`);
} finally {
  loads.light.close();
  loads.heavy.close();
  for (const folder of [place, disk]) await ran('rm', ['-rf', folder]);
  process.stderr.write(`over, after ${since()}\n`);
}

/** A folder for everything, which goes when this ends. */
function placeIn(parent: string): string {
  const folder = madeIn(parent);
  chmodSync(folder, 0o755); // Servers are in it that run as nobody.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function madeIn(parent: string): string {
  try {
    return mkdtempSync(join(parent, 'dav207-bench-'));
  } catch (failure) {
    process.stderr.write(`bench: no folder can be made for what it measures (${messageOf(failure)}); name others by TMPDIR and --disk.\n`);
    process.exit(2);
  }
}

function termsIn(folder: string): Terms {
  const size = (number: number) => Math.max(10, Math.round(number * given.scale));
  return { ...common, place: folder, scaled: { stock: makeStock(join(folder, 'stock')), size } };
}

/** A disk that is memory confirms at once. */
function whereSentence(): string {
  const names = (there: boolean) =>
    groups
      .filter(({ onDisk = false }) => onDisk === there)
      .map(({ name }) => name)
      .join(', ');
  const of = (folder: string) => `${kindOf(folder)}, which confirms a block in ${rounded(confirmationOf(folder))} ms`;
  return [
    names(false) && `Folders, locks and properties of ${names(false)}: ${of(place)}.`,
    names(true) && `Those of ${names(true)}: ${of(disk)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function argumentsOrExit(): Arguments {
  try {
    return readArguments(
      process.argv.slice(2),
      GROUPS.map(({ name }) => name),
      SERVERS,
    );
  } catch (failure) {
    if (!(failure instanceof UsageMistake)) throw failure;
    process.stderr.write(`bench: ${failure.message}\n`);
    process.exit(2);
  }
}

function entryOf(name: string): Entry[] {
  const peer = serverNamed(name, place);
  if (typeof peer !== 'string') return [{ peer, column: { name, durable: !FORGETFUL.includes(name), bare: name === BARE } }];
  notes.push(peer);
  process.stderr.write(`${peer}\n`);
  return [];
}
