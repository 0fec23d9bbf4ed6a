// Presence: a server is known to the others of this machine, and nobody who merely has its name keeps one from starting.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { announce, type Presence, Taken } from '../../src/server/presence.ts';

let place: string;
let presences: Presence[];
let squatters: Server[];
let sockets: Socket[];
let warned: string[];
beforeEach(() => {
  place = randomUUID();
  presences = [];
  squatters = [];
  sockets = [];
  warned = [];
});
afterEach(async () => {
  for (const presence of presences) presence.end();
  for (const socket of sockets) socket.destroy();
  for (const squatter of squatters) await new Promise((resolve) => squatter.close(resolve));
});

async function announced(...places: string[]): Promise<Presence> {
  const presence = await announce(places, (sentence) => warned.push(sentence));
  presences.push(presence);
  return presence;
}

/** Another program has the name of `place`, and answers as `answer` does. */
async function squat(answer: (socket: Socket) => void): Promise<void> {
  const squatter = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    answer(socket);
  });
  squatters.push(squatter.listen(`\0dav207 ${place}`));
  await once(squatter, 'listening');
}

test('a second server is told who the first is, and where; nobody is once that has ended', async () => {
  const first = await announced(place);
  await expect(announced(place)).rejects.toMatchObject({ constructor: Taken, place, pid: process.pid, url: undefined });
  first.url = 'http://127.0.0.1:1900/dav';
  const other = randomUUID();
  await expect(announced(other, place)).rejects.toMatchObject({ place, url: 'http://127.0.0.1:1900/dav' });
  await announced(other); // which the one that was refused has let go of
  first.end();
  await announced(place);
  expect(warned).toEqual([]);
});

describe('another program that has the name', () => {
  const drip = (socket: Socket) => {
    const timer = setInterval(() => socket.write('1'), 100);
    socket.on('close', () => clearInterval(timer));
  };
  const pour = (socket: Socket) => {
    const more = (error?: Error | null) => void (error ?? socket.write('1'.repeat(10_000), more));
    more();
  };

  test.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => {}],
    ['hangs up', (socket) => socket.destroy()],
    ['speaks of something else', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['says half of it', (socket) => socket.end('1 http://127.0.0.1:19')],
    ['would say something to the terminal', (socket) => socket.end('1 http://\u001b[2J\n')],
    ['says it drop by drop', drip],
    ['never ends', pour],
  ])('and %s keeps nobody from starting, which the operator hears once', async (_, answer) => {
    await squat(answer);
    const free = randomUUID();
    await announced(place, free);
    expect(warned).toEqual([expect.stringMatching(/^Some other program of this machine has the name .* first write only\.$/)]);
    await expect(announced(free)).rejects.toThrow(Taken);
  });

  test('and is gone when it is looked at again has left the name free', async () => {
    await squat((socket) => {
      for (const squatter of squatters) squatter.close();
      squatters = [];
      socket.destroy();
    });
    await announced(place);
    expect(warned).toEqual([]);
    await expect(announced(place)).rejects.toThrow(Taken);
  });
});
