// The README's commands, so that a test types what a person is told to type.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

/** What stands in for the reader's own values. */
export interface Filled {
  /** For `http://127.0.0.1:1900/`, and for its `dav://` form: the URL of a server, with a slash at its end. */
  readonly url: string;
  /** For `/mnt/dav`: an empty folder. */
  readonly point?: string;
}

/** The line of the README that starts with these words, filled in. Throws unless exactly one does. */
export function readmeCommand(words: string, { url, point = '/mnt/dav' }: Filled): string {
  const lines = [...README.matchAll(/^```sh\n(.*?)^```/gms)].flatMap((block) => (block[1] ?? '').trim().split('\n'));
  const [line, ...others] = lines.filter((each) => each.startsWith(words));
  if (line === undefined || others.length > 0)
    throw new Error(`The README has ${others.length + (line ? 1 : 0)} commands that start with: ${words}`);
  return line
    .replaceAll('http://127.0.0.1:1900/', url)
    .replaceAll('dav://127.0.0.1:1900/', url.replace(/^http/, 'dav'))
    .replaceAll('/mnt/dav', point);
}
