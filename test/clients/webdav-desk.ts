// What the tests of the npm package `webdav` share: a server that asks for a password, a client that has one, and an empty collection.
import { createClient, type WebDAVClient } from 'webdav';
import type { RunningServer } from './dav207.ts';
import type { Undone } from './undone.ts';

/** The server below `/dav`, which lets ann and bob in, and ann as a client of it. */
export async function openDesk(made: Undone): Promise<{ readonly server: RunningServer; readonly client: WebDAVClient }> {
  const server = await made.server({ args: ['--base', '/dav', '--user', 'ann:open sesame', '--user', 'bob:secret', '--depth-infinity'] });
  return { server, client: createClient(server.url, { username: 'ann', password: 'open sesame' }) };
}

/** `/desk` is there, with nothing in it. */
export async function clearDesk(client: WebDAVClient): Promise<void> {
  if (await client.exists('/desk')) await client.deleteFile('/desk');
  await client.createDirectory('/desk');
}

/** What a rejected call was answered; 0 for one that was not. */
export function statusOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 0,
    (error: { status: number }) => error.status,
  );
}
