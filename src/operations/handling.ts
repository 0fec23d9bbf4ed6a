// How a request on many resources is handled and answered, as its client wants it, or the operator for it (RFC 7240).
import type { DavRequest } from '../protocol/message.ts';
import { parsePrefer } from '../protocol/prefer.ts';
import type { Options } from './context.ts';

export interface Handling {
  /** All or nothing; otherwise whatever can be done is. */
  readonly strict: boolean;
  /** Rows of a 207: culprits alone, what was not done because of them as well, or every step. */
  readonly rows: 'minimal' | 'all' | 'each';
  /** What the client asked of the rows, for `Preference-Applied`. */
  readonly asked: 'return=minimal' | 'return=representation' | undefined;
}

/** An explicit preference wins; without one, who would take a part for the whole gets all or nothing. */
export function handlingOf({ headers, misreads }: DavRequest, options: Pick<Options, 'handling' | 'rows'>): Handling {
  const preferred = parsePrefer(headers.prefer);
  const handling = preferred.handling ?? (misreads ? 'strict' : options.handling);
  const rows = preferred.return === undefined ? options.rows : preferred.return === 'minimal' ? 'minimal' : 'each';
  return { strict: handling === 'strict', rows, asked: preferred.return && `return=${preferred.return}` };
}
