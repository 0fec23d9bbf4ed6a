// errno -> DavError: the one place that knows what the operating system's refusals mean to a client.
import { DavError } from '../protocol/error.ts';
import { asCrossing } from './other-device.ts';
import { refusals } from './refusals.ts';

/** Whether the name was to be found (`existing`) or to be made (`new`): the same errno means 404 or 409. */
export type Naming = 'existing' | 'new';

/**
 * A failure of `node:fs` as a client is told it; the original, with its `code`, is the `cause`. A `DavError` passes
 * unchanged. What is not in the table is a plain 500.
 */
export function davErrorOf(error: unknown, naming: Naming): DavError {
  if (error instanceof DavError) return error;
  const details = { cause: error };
  const existing = naming === 'existing';
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return new DavError(403, 'The server may not do this here.', details);
    case 'EROFS':
      return new DavError(403, 'This part of the store cannot be written.', details);
    // A mount point, or a program that runs: as refused as a permission, and it will not pass by waiting a moment.
    case 'EBUSY':
    case 'ETXTBSY':
      return new DavError(403, 'The system is using this resource.', details);
    case 'ENOENT':
    case 'ENOTDIR':
      return existing ? refusals.notThere(details) : refusals.noParent(details);
    // 414 speaks of a Request-URI; here the store's limit is met, possibly by one member of a COPY.
    case 'ENAMETOOLONG':
      return existing ? refusals.notThere(details) : new DavError(403, 'The name is too long for this store.', details);
    case 'ELOOP':
      return existing ? refusals.notThere(details) : refusals.unreachable(details);
    // Some file systems take no `:` or `?` in a name.
    case 'EINVAL':
    case 'EILSEQ':
      return new DavError(403, 'The store does not take this name.', details);
    case 'EEXIST':
      return refusals.taken(details);
    case 'ENOTEMPTY':
      return refusals.notEmpty(details);
    case 'EISDIR':
      return refusals.otherKind(details);
    // RFC 4331 §6
    case 'ENOSPC':
      return new DavError(507, 'The disk is full.', { ...details, condition: { name: 'sufficient-disk-space' } });
    case 'EDQUOT':
      return new DavError(507, 'The quota is used up.', { ...details, condition: { name: 'quota-not-exceeded' } });
    case 'EFBIG':
      return new DavError(507, 'The file is too large for this store.', details);
    case 'EMFILE':
    case 'ENFILE':
      return new DavError(503, 'The server has too many files open; try again.', details);
    case 'EXDEV':
      return asCrossing(new DavError(403, 'Source and destination are on different file systems.', details));
    default:
      return new DavError(500, 'The store failed.', details);
  }
}

/** The errno's name, such as `ENOENT`; undefined for what is not a system error. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Do `work`; what it throws comes out as a `DavError`. */
export async function translated<T>(naming: Naming, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw davErrorOf(error, naming);
  }
}
