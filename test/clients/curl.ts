// curl, and its answer taken apart.
import { type Outcome, type ProgramOptions, run } from './program.ts';

export interface Answer {
  /** Of the last, so the final, status line; 0 when there was none. */
  readonly status: number;
  /** All status codes in the order they came: 100 before 201. */
  readonly statuses: readonly number[];
  /** Of the final answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bytes: Buffer;
  readonly outcome: Outcome;
}

/** For an upload that does not send its body before the server has had its say, however late that comes, and says how much of it went. */
export const WAITING = ['--expect100-timeout', '60', '-w', '%{stderr}sent %{size_upload}.'];

/** `curl -sS -i ...`. A transfer that failed has its exit code in `outcome.status`. */
export async function curl(args: readonly string[], options: ProgramOptions = {}): Promise<Answer> {
  const outcome = await run('curl', ['-sS', '-i', '--path-as-is', ...args], options);
  const statuses: number[] = [];
  let headers: Record<string, string> = {};
  let rest = outcome.bytes;
  while (rest.subarray(0, 5).toString('latin1') === 'HTTP/') {
    const end = rest.indexOf('\r\n\r\n');
    const [line = '', ...fields] = rest.subarray(0, end).toString('latin1').split('\r\n');
    statuses.push(Number(line.split(' ')[1]));
    headers = Object.fromEntries(
      fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
    );
    rest = rest.subarray(end + 4);
  }
  return { status: statuses.at(-1) ?? 0, statuses, headers, body: rest.toString(), bytes: rest, outcome };
}

/** Takes an exclusive lock and gives its token, without brackets. */
export async function lock(url: string, args: readonly string[] = []): Promise<string> {
  const info = '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';
  const answer = await curl(['-X', 'LOCK', '-H', 'Content-Type: application/xml', '-d', info, ...args, url]);
  const token = /<(.*)>/.exec(answer.headers['lock-token'] ?? '')?.[1];
  if (token === undefined) throw new Error(`LOCK ${url} was answered ${answer.status}:\n${answer.body}`);
  return token;
}

/** What is inside the property, XML and all; undefined when it is empty or missing. Prefixes: `D` for DAV:, `A` for Apache's own. */
export async function property(url: string, name: string, args: readonly string[] = []): Promise<string | undefined> {
  const body = `<D:propfind xmlns:D="DAV:" xmlns:A="http://apache.org/dav/props/"><D:prop><${name}/></D:prop></D:propfind>`;
  const answer = await curl(['-X', 'PROPFIND', '-H', 'Depth: 0', '-H', 'Content-Type: application/xml', '-d', body, ...args, url]);
  if (answer.status !== 207) throw new Error(`PROPFIND ${url} was answered ${answer.status}:\n${answer.body}`);
  return new RegExp(`<((?:\\w+:)?${name.slice(2)})(?: [^>]*)?>(.*)</\\1>`, 's').exec(answer.body)?.[2];
}
