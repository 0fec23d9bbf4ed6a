// The crash harness: many clients, a server that is killed again and again, and a look at what is there after each start.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './asking.ts';
import { Client, halvesIn } from './client.ts';
import { COMMON } from './common.ts';
import { killAtStart, start } from './killing.ts';
import { look } from './looking.ts';
import { randomOf } from './random.ts';

export interface Asked {
  readonly kills: number;
  readonly seed: number;
  readonly clients: number;
  /** More flags for the server. */
  readonly args: readonly string[];
  /** Told of each violation as soon as it is found. */
  readonly tell: (text: string) => void;
}

export interface Crashed {
  readonly kills: number;
  /** Of these, in the first milliseconds of a start. */
  readonly atStart: number;
  readonly acknowledged: number;
  readonly violations: number;
}

/** So many answers, at most, and then so many milliseconds come before a kill: a busy machine must not mean an idle server. */
const ANSWERS = 160;
const LATER = 15;
/** Milliseconds after which it comes anyhow. */
const LATEST = 5_000;

export async function crash({ kills, seed, clients: count, args, tell }: Asked): Promise<Crashed> {
  const folder = await mkdtemp(join(tmpdir(), 'dav207-crash-'));
  const random = randomOf(seed, -1);
  const clients = Array.from({ length: count }, (_, index) => new Client(index, seed, folder));
  const tally = { kills: 0, atStart: 0, violations: 0 };
  let server = await start(folder, args);
  try {
    for (const path of [COMMON, ...clients.map(({ home }) => home)]) await ask(server.url, { method: 'MKCOL', path: `${path}/` });
    while (tally.kills < kills) {
      const load = loadOf(clients, server.url, random.int(ANSWERS));
      await Promise.race([load.reached, delay(LATEST, undefined, { ref: false })]);
      await delay(random.int(LATER));
      await server.end('SIGKILL');
      tally.kills++;
      await load.ended;
      const again = random.chance(40) ? 1 + random.int(3) : 0;
      for (let each = 0; each < again && tally.kills < kills; each++, tally.kills++, tally.atStart++)
        await killAtStart(folder, args, random);
      server = await start(folder, args);
      const told = server.stderr();
      const wrong = await check();
      if (told !== '') wrong.push(`the server said: ${told}`);
      for (const text of wrong) tell(`after kill ${tally.kills}${again > 0 ? `, ${again} of them at the start` : ''}: ${text}`);
      tally.violations += wrong.length;
    }
    await server.stop();
    return { ...tally, acknowledged: clients.reduce((sum, { acknowledged }) => sum + acknowledged, 0) };
  } finally {
    server.process.kill('SIGKILL'); // where something else went wrong it still runs
    await rm(folder, { recursive: true, force: true });
  }

  /** One text for each client that something is wrong for, with what it had asked. */
  async function check(): Promise<string[]> {
    const seen = await look(folder);
    const wrong = clients.flatMap((client) => {
      const found = [...client.surprises.splice(0), ...client.check(seen)];
      const history = client.history.splice(0).slice(-TOLD);
      return found.length === 0 ? [] : [[...found, `${client.home} had asked:`, ...history].join('\n  ')];
    });
    return [...wrong, ...seen.strays, ...halvesIn(seen)];
  }
}

/** All clients at work, until the server is gone. `reached`: so many of their requests were answered. */
function loadOf(
  clients: readonly Client[],
  url: string,
  answers: number,
): { readonly reached: Promise<void>; readonly ended: Promise<unknown> } {
  let left = answers;
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const answered = () => {
    if (left-- <= 0) reach();
  };
  const ended = Promise.all(clients.map((client) => client.drive(url, answered)));
  ended.catch(() => reach()); // whoever awaits it meets the failure
  return { reached, ended };
}

/** The last requests of a client that are printed with a violation. */
const TOLD = 25;
