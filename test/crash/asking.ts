// Sends one request, and tells an answer from a connection that broke: only an answer is an acknowledgement.
import { request } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import type { Sent } from './operation.ts';

export interface Answer {
  readonly status: number;
  /** Of a lock that was granted. */
  readonly token: string | undefined;
  readonly text: string;
}

/** Undefined when the server went away before it answered; what comes of the answer's body does not matter. */
export function ask(base: string, { method, path, to, headers = {}, body, slow = false }: Sent): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const destination = to === undefined ? {} : { destination: encodeURI(to) };
    const length = body === undefined || slow ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = { method, headers: { ...headers, ...destination, ...length }, agent: false } as const;
    const asked = request(new URL(encodeURI(path), base), options, (answer) => {
      const parts: Buffer[] = [];
      const told = () =>
        resolve({
          status: answer.statusCode ?? 0,
          token: /<(urn:uuid:[^>]+)>/.exec(String(answer.headers['lock-token']))?.[1],
          text: Buffer.concat(parts).toString(),
        });
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('close', told);
      answer.on('error', told);
    });
    asked.on('error', () => resolve(undefined));
    if (!slow || body === undefined) asked.end(body);
    else void pour(Buffer.from(body)).then(() => asked.end());

    async function pour(bytes: Buffer): Promise<void> {
      for (let at = 0; at < bytes.length; at += PIECE) {
        asked.write(bytes.subarray(at, at + PIECE));
        await turn();
      }
    }
  });
}

const PIECE = 4096;
