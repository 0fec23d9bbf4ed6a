// DavError: the one failure the middle of the server knows. It becomes a status line or a row at the edge.
import type { Ref } from './ref.ts';

/** A condition element of RFC 4918 §16 (or a companion RFC), in `DAV:`, with the resources it names. */
export interface Condition {
  readonly name: ConditionName;
  readonly refs?: readonly Ref[];
}

export type ConditionName =
  | 'lock-token-submitted'
  | 'no-conflicting-lock'
  | 'lock-token-matches-request-uri'
  | 'no-external-entities'
  | 'propfind-finite-depth'
  | 'cannot-modify-protected-property'
  | 'quota-not-exceeded'
  | 'sufficient-disk-space'
  | 'valid-resourcetype';

export interface DavErrorDetails {
  readonly condition?: Condition;
  /** Where a request is refused as a whole: what refuses its other parts, and every resource that is in the way. */
  readonly others?: readonly Condition[];
  readonly causes?: readonly Ref[];
  /** Extra response headers, such as `Allow` with a 405. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What really happened; logged, never sent. */
  readonly cause?: unknown;
}

/**
 * A failure with the status it gets, one sentence a person understands (sent; so no path of the disk in it), and
 * optionally the RFC's condition element.
 */
export class DavError extends Error {
  readonly status: number;
  readonly condition: Condition | undefined;
  readonly others: readonly Condition[];
  readonly causes: readonly Ref[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, sentence: string, details: DavErrorDetails = {}) {
    super(sentence, { cause: details.cause });
    this.status = status;
    this.condition = details.condition;
    this.others = details.others ?? [];
    this.causes = details.causes ?? [];
    this.headers = details.headers ?? {};
  }
}

/** The same failure with other response headers. */
export function withHeaders(error: DavError, headers: Readonly<Record<string, string>>): DavError {
  const { status, message, condition, others, causes, cause } = error;
  return new DavError(status, message, { ...(condition && { condition }), others, causes, cause, headers });
}

/** Any thrown thing as a failure with a status: what is not a DavError is ours to answer for, and says nothing. */
export function asFailure(error: unknown): DavError {
  return error instanceof DavError ? error : new DavError(500, 'Something went wrong on the server.', { cause: error });
}
