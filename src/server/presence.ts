// Presence: a server that may write is known to the others of this machine from its start, before it has left any record on the disk.
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

/** Another server has one of these places. */
export class Taken extends Error {
  readonly place: string;
  readonly pid: number;
  readonly url: string | undefined;

  constructor(place: string, pid: number, url: string | undefined) {
    super('Another server has this place.');
    this.name = 'Taken';
    this.place = place;
    this.pid = pid;
    this.url = url;
  }
}

export interface Presence {
  /** The URL to tell others who ask, once it is known. */
  url?: string;
  end(): void;
}

/** For what an operator should know. */
export type Warn = (sentence: string, cause?: unknown) => void;

/**
 * Take a name for each of `places` that no other process of this machine can take meanwhile, or throw Taken. The names are
 * abstract sockets (unix(7)): nothing is made in any folder, and the kernel takes them back from a dead process. Other systems
 * have none, and containers do not share them; there the record of the state's owner tells, from the first write on. So it
 * does, and `warn` is told, where a name is held by what does not answer as a server does: anybody here may take it.
 */
export async function announce(places: readonly string[], warn: Warn): Promise<Presence> {
  const servers: Server[] = [];
  const presence: Presence = {
    end() {
      for (const server of servers) server.close();
    },
  };
  if (process.platform !== 'linux') return presence;
  try {
    for (const place of places) {
      const server = await take(place, presence, warn);
      if (server) servers.push(server);
    }
  } catch (error) {
    presence.end();
    throw error;
  }
  return presence;
}

const SQUATTED =
  'Some other program of this machine has the name by which servers of one folder find each other: a second one is noticed at the first write only.';

async function take(place: string, presence: Presence, warn: Warn): Promise<Server | undefined> {
  const server = await bind(place, presence, warn);
  if (server !== 'taken') return server;
  const other = await ask(place);
  if (other) throw other;
  const again = await bind(place, presence, warn); // what had it may have been just ending
  if (again !== 'taken') return again;
  warn(SQUATTED);
  return undefined;
}

/** undefined where there are no such sockets: some sandboxes. */
async function bind(place: string, presence: Presence, warn: Warn): Promise<Server | undefined | 'taken'> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${process.pid} ${presence.url ?? ''}\n`);
  });
  server.unref(); // must not keep a host app from ending
  try {
    server.listen(nameOf(place));
    await once(server, 'listening');
    server.on('error', (error) => warn('Another server that asks who serves this folder could not be answered.', error));
    return server;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'taken' : undefined;
  }
}

const PATIENCE = 5_000; // milliseconds, however slowly it speaks

/** undefined unless what has the name says what a server says. */
async function ask(place: string): Promise<Taken | undefined> {
  let said = '';
  const socket = connect({ path: nameOf(place) });
  const deadline = setTimeout(() => socket.destroy(), PATIENCE);
  try {
    for await (const chunk of socket) {
      said += chunk;
      if (said.length > 1000) break;
    }
  } catch {
    // It is just ending, does not listen, or was too slow.
  }
  clearTimeout(deadline);
  const [, pid, url] = /^(\d{1,9}) (https?:\/\/[!-~]+)?\n$/.exec(said) ?? [];
  return pid === undefined ? undefined : new Taken(place, Number(pid), url);
}

function nameOf(place: string): string {
  return `\0dav207 ${place}`;
}
