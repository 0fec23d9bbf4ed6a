// The command line of the suite: where the server is, and as whom.
export interface Arguments {
  /** Of a collection, with a slash at its end. */
  readonly url: string;
  readonly user: string | undefined;
  readonly json: boolean;
}

/** One line that says what to do; exit code 2. */
export class UsageMistake extends Error {}

const USAGE = 'npm run conformance -- URL [--user NAME:PASSWORD] [--json]';

export function readArguments(words: readonly string[]): Arguments {
  const rest = [...words];
  let user: string | undefined;
  let json = false;
  const urls: string[] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--json') json = true;
    else if (word === '--user') user = rest.shift() ?? '';
    else if (word.startsWith('--user=')) user = word.slice('--user='.length);
    else if (word.startsWith('-')) throw new UsageMistake(`there is no ${word}: ${USAGE}`);
    else urls.push(word);
  }
  if (user !== undefined && !user.includes(':')) throw new UsageMistake(`--user takes NAME:PASSWORD: ${USAGE}`);
  const [url = '', another] = urls;
  if (url === '') throw new UsageMistake(`which server? ${USAGE}`);
  if (another !== undefined) throw new UsageMistake(`one URL at a time: ${USAGE}`);
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new UsageMistake(`${url} is no http or https URL: ${USAGE}`);
  const { href, username, search, hash } = new URL(url);
  if (username || search || hash) throw new UsageMistake(`the URL takes no name, no query and no fragment: ${USAGE}`);
  return { url: href.endsWith('/') ? href : `${href}/`, user, json };
}
