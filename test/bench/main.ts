// `npm run bench`: this server and others, asked the same, checked and timed, in one table. CONTRIBUTING.md names the flags.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Arguments, readArguments, UsageMistake } from './arguments.ts';
import { ceilingOf } from './ceiling.ts';
import { startGenerator } from './generator.ts';
import { GROUPS } from './groups.ts';
import { makeGrowth } from './growth.ts';
import { type Entry, messageOf, playGroup, type Terms } from './play.ts';
import { SERVERS, serverNamed, serversFor } from './servers.ts';
import { makeStock, ran } from './stock.ts';
import { headOf } from './table.ts';

/** Their locks end with them. */
const FORGETFUL = ['nginx', 'rclone', 'x/net'];

const temporary = mkdtempSync(join(tmpdir(), 'dav207-bench-'));
chmodSync(temporary, 0o755); // Two of the servers are in it, and run as nobody.
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const say = (text: string) => process.stdout.write(`${text}\n`);
const given = argumentsOrExit();
const entries = (given.servers ?? serversFor(given.quick)).flatMap(entryOf);
const loads = { light: startGenerator(), heavy: startGenerator(), patience: given.patience * 1000 };
const scaled = { stock: makeStock(join(temporary, 'stock')), size: (number: number) => Math.max(10, Math.round(number * given.scale)) };
const terms: Terms = { scaled, loads, repeats: given.repeats };
const growth = makeGrowth();
const begun = performance.now();
try {
  say(`Scale ${given.scale}; ${entries.map(({ peer }) => `${peer.name} ${peer.version}`).join(', ')}; Node ${process.version}.`);
  say(await ceilingOf(loads.light));
  say(`\n${headOf(entries.map(({ column }) => column))}`);
  const notes: string[] = [];
  for (const group of GROUPS.filter(({ name }) => given.rows.includes(name))) {
    process.stderr.write(`${group.name}, after ${Math.round((performance.now() - begun) / 1000)} s, load ${loadavg()[0]?.toFixed(1)}\n`);
    await playGroup(group, entries, terms, {
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
  await ran('rm', ['-rf', temporary]);
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
  const peer = serverNamed(name, temporary);
  if (typeof peer !== 'string') return [{ peer, column: { name, durable: !FORGETFUL.includes(name) } }];
  process.stderr.write(`${peer}\n`);
  return [];
}
