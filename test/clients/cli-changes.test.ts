// What another program did before a request was sent is seen by it, whatever the server is doing for others at that moment.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { operator } from './operator.ts';

const at = operator();
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function ask(url: string, method: string, body?: string): Promise<{ status?: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, agent }, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode, text });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Many clients that ask for a file of the same folder all the time. */
function load(port: number): () => void {
  const sockets = Array.from({ length: 24 }, () => {
    const socket = connect(port, '127.0.0.1');
    const again = () => socket.write('GET /d/g HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.on('error', () => {});
    socket.on('connect', again);
    socket.on('data', again);
    return socket;
  });
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}

test('one folder in the place of another', async () => {
  const place = (name: string) => join(at.folder, name);
  for (const name of ['d', 'e']) {
    mkdirSync(place(name));
    for (const file of ['f', 'g']) writeFileSync(place(`${name}/${file}`), name);
  }
  const server = await at.serve();
  const end = load(Number(new URL(server.url).port));
  let [there, aside] = ['d', 'e'];
  const wrong: string[] = [];
  for (let swap = 0; swap < 200; swap++) {
    renameSync(place('d'), place('between'));
    renameSync(place('e'), place('d'));
    renameSync(place('between'), place('e'));
    [there, aside] = [aside, there];
    const got = await ask(`${server.url}d/f`, 'GET');
    if (got.text !== there) wrong.push(`GET ${swap}`);
    await ask(`${server.url}d/f`, 'PUT', there);
    if (readFileSync(place('e/f'), 'utf8') !== aside) wrong.push(`PUT ${swap}`);
  }
  end();
  agent.destroy();
  expect(wrong).toEqual([]);
});
