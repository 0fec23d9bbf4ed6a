// Presence: a server that may write is known to the others of this machine from its start, before it has left any record on the disk.
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';

/** Another server has one of these places. What it says of itself is undefined when it does not answer. */
export class Taken extends Error {
  readonly place: string;
  readonly pid: number | undefined;
  readonly url: string | undefined;

  constructor(place: string, pid: string | undefined, url: string | undefined) {
    super('Another server has this place.');
    this.name = 'Taken';
    this.place = place;
    this.pid = pid === undefined ? undefined : Number(pid);
    this.url = url;
  }
}

export interface Presence {
  /** The URL to tell others who ask, once it is known. */
  url?: string;
  end(): void;
}

/**
 * Take a name for each of `places` that no other process of this machine can take meanwhile, or throw Taken. The names are
 * abstract sockets (unix(7)): nothing is made in any folder, and the kernel takes them back from a dead process. Other systems
 * have none, and containers do not share them; there the record of the state's owner tells, from the first write on.
 */
export async function announce(places: readonly string[]): Promise<Presence> {
  const servers: Server[] = [];
  const presence: Presence = {
    end() {
      for (const server of servers) server.close();
    },
  };
  if (process.platform !== 'linux') return presence;
  try {
    for (const place of places) {
      const server = await take(place, presence);
      if (server) servers.push(server);
    }
  } catch (error) {
    presence.end();
    throw error;
  }
  return presence;
}

async function take(place: string, presence: Presence): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${process.pid} ${presence.url ?? ''}\n`);
  });
  server.unref(); // must not keep a host app from ending
  try {
    server.listen(nameOf(place));
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw await ask(place);
    return undefined; // no such sockets here: some sandboxes
  }
}

const PATIENCE = 2_000; // milliseconds

/** Any process may have taken the name, so what it says is believed only if it looks right. */
async function ask(place: string): Promise<Taken> {
  let said = '';
  const socket = connect({ path: nameOf(place), timeout: PATIENCE });
  socket.on('timeout', () => socket.destroy());
  try {
    for await (const chunk of socket) {
      said += chunk;
      if (said.length > 1000) break;
    }
  } catch {
    // It is just ending.
  }
  const [, pid, url] = /^(\d{1,9}) (https?:\/\/[!-~]+)?\n$/.exec(said) ?? [];
  return new Taken(place, pid, url);
}

function nameOf(place: string): string {
  return `\0dav207 ${place}`;
}
