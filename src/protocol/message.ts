// A request and a response as plain values: what a method takes and gives. No socket is ever seen above `server/`.
import type { Target } from './path.ts';

export interface DavRequest {
  readonly method: string;
  readonly target: Target;
  /** The mount path, '' or `/dav`: every href starts with it. */
  readonly base: string;
  /** Names in lower case; several lines of one field joined with `, `, as Node does. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Hosts that mean this server in a Destination or an If tag: Host, and what a trusted proxy or the operator says. */
  readonly hosts: readonly string[];
  /** Who asks; '' is the one anonymous principal. */
  readonly principal: string;
  /** A program that takes a 207 on a write for something else than it is (`server/clients`). */
  readonly misreads?: boolean;
  readonly body: RequestBody;
}

export interface RequestBody {
  /** Bytes announced by Content-Length; undefined when chunked. 0 when there is no body at all. */
  readonly length: number | undefined;
  /** All of the body, if it has come already; then there is nothing to open any more. */
  arrived?(): Uint8Array | undefined;
  /** Start reading; answers `Expect: 100-continue` first. May be called once. Errors when the client goes away. */
  open(): AsyncIterable<Uint8Array>;
}

export interface DavResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream is sent with back-pressure, each chunk of 64 KiB or more before the next one is asked for, and closed however the client leaves. */
  readonly body?: string | Uint8Array | AsyncIterable<string | Uint8Array>;
}
