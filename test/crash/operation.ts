// One request of a client: what is sent, what it comes to, and what a crash may leave of it.
import type { Tree } from './tree.ts';

export interface Sent {
  readonly method: string;
  /** Decoded; collections end in a slash. */
  readonly path: string;
  /** The Destination, decoded likewise. */
  readonly to?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** The body goes out in pieces, its length untold, so that it takes a while. */
  readonly slow?: boolean;
}

export interface Operation {
  readonly sent: Sent;
  /** With these statuses it is done. */
  readonly done: readonly number[];
  /** With these nothing is changed; with a 207, which only what is not `whole` may get, something. */
  readonly refused: readonly number[];
  /** The tree once it is done. `token`: as the answer to LOCK told it. */
  readonly after: (token?: string) => Tree;
  /** Done or not done, with nothing between. Otherwise each member is old or new. */
  readonly whole: boolean;
}

export function describe({ method, path, to, headers = {}, body }: Sent): string {
  const told = Object.entries(headers)
    .filter(([name]) => name !== 'if')
    .map(([name, value]) => ` ${name}: ${value}`);
  const size = body === undefined ? '' : ` (${body.length} bytes)`;
  const tokens = headers.if === undefined ? '' : ` with ${headers.if.match(/<urn/g)?.length ?? 0} tokens`;
  return `${method} ${path}${to === undefined ? '' : ` -> ${to}`}${told.join('')}${tokens}${size}`;
}
