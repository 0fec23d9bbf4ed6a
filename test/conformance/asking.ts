// Puts requests to a server nobody knows: each has its time, all together have their number, and no answer is an answer too.
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Reply {
  /** 0: there was no answer, and the text says why. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Asker {
  ask(method: string, url: string, ask?: Ask): Promise<Reply>;
  /** How many requests were sent. */
  sent(): number;
}

export interface Limits {
  /** Milliseconds that one request may take. */
  readonly patience: number;
  readonly requests: number;
}

const LIMITS: Limits = { patience: 20_000, requests: 10_000 };
const SILENT = 5; // That many requests in a row without an answer, and the server is taken for gone.
const LONGEST = 1_000_000; // Bytes of an answer that are read.

export function makeAsker(user: string | undefined, limits: Partial<Limits> = {}): Asker {
  const { patience, requests } = { ...LIMITS, ...limits };
  const known = { 'user-agent': 'dav207-conformance', ...(user !== undefined && { authorization: basic(user) }) };
  let sent = 0;
  let silent = 0;
  return {
    sent: () => sent,
    async ask(method, url, { headers = {}, body } = {}) {
      if (sent >= requests) return unanswered(new Error(`the limit of ${requests} requests is reached`));
      if (silent >= SILENT) return unanswered(new Error('the server has stopped answering'));
      sent += 1;
      // A token that no header can hold, as a strange server may give one, is not sent at all.
      const reply = await send(method, url, { ...known, ...headers }, body, patience).catch(unanswered);
      silent = reply.status === 0 ? silent + 1 : 0;
      return reply;
    },
  };
}

function unanswered({ message }: Error): Reply {
  return { status: 0, headers: {}, text: message };
}

function basic(user: string): string {
  return `Basic ${Buffer.from(user).toString('base64')}`;
}

function send(method: string, url: string, headers: Record<string, string>, body: string | undefined, patience: number): Promise<Reply> {
  return new Promise((resolve) => {
    const request = url.startsWith('https:') ? requestHttps : requestHttp;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, agent: false, signal: AbortSignal.timeout(patience) };
    const sending = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const answered = () => {
        const fields = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(fields), text: Buffer.concat(chunks).toString() });
      };
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= LONGEST) chunks.push(chunk);
        else response.destroy();
      });
      response.on('end', answered);
      response.on('close', answered); // Without an end: it was cut short, and what came is the answer.
      response.on('error', answered);
    });
    sending.on('error', (error) => resolve(unanswered(error)));
    sending.end(body);
  });
}
