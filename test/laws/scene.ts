// A scene: what one case of the laws is made of, in the terms of a scenario file.
import { type Path, parseTarget, ROOT } from '../../src/protocol/path.ts';
import type { Drawn } from '../scenarios/drawing.ts';
import type { Fault } from '../scenarios/scenario.ts';

export type MethodName = 'DELETE' | 'COPY' | 'MOVE' | 'LOCK' | 'UNLOCK';

export interface Asked {
  readonly method: MethodName;
  /** Percent-encoded, with the slash of a collection. */
  readonly target: string;
  /** Percent-encoded; lock tokens by the names in the drawing: `</a/> (<L1>)`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the new lock. */
  readonly scope: 'exclusive' | 'shared';
}

/** Ann asks. */
export interface Scene {
  /** The root first, parents before their members. */
  readonly tree: readonly Drawn[];
  readonly faults: readonly Fault[];
  readonly asked: Asked;
}

/** The names of the locks whose tokens the `If` header submits. */
export function submittedIn({ asked }: Scene): Set<string> {
  return new Set([...(asked.headers.if ?? '').matchAll(/\(<(L\d)>\)/g)].map((match) => match[1] ?? ''));
}

const paths = new Map<string, Path>();

/** Asked for again and again, of the same few hrefs. */
export function pathOf(href: string): Path {
  const known = paths.get(href);
  if (known !== undefined) return known;
  const path = parseTarget(href)?.path ?? ROOT;
  paths.set(href, path);
  return path;
}
