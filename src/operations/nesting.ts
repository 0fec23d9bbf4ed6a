// How deep collections are nested in each other: what a request makes stays within the operator's limit.
import { DavError } from '../protocol/error.ts';
import type { Path } from '../protocol/path.ts';

/** Why there can be no new collection at `path`; undefined where there can. */
export function tooDeep(path: Path, limit: number | undefined): DavError | undefined {
  if (levelsBelow(path, limit) >= 0) return undefined;
  return new DavError(403, `Collections may be nested ${limit} deep at most.`);
}

export function requireNesting(path: Path, limit: number): void {
  const error = tooDeep(path, limit);
  if (error) throw error;
}

/** So many levels of collections there can be in the one at `path`; less than none where it is too deep itself. */
export function levelsBelow(path: Path, limit = Number.POSITIVE_INFINITY): number {
  return limit - (path.split('/').length - 1);
}
