// What a store refuses, in the same words whatever it is made of.
import { DavError, type DavErrorDetails } from '../protocol/error.ts';

/** Every failure of a store that has one meaning, by what went wrong. */
export const refusals = {
  notThere: (details?: DavErrorDetails) => new DavError(404, 'Nothing is there.', details),
  noParent: (details?: DavErrorDetails) => new DavError(409, 'The parent collection does not exist.', details),
  taken: (details?: DavErrorDetails) => new DavError(409, 'Something is already there.', details),
  notEmpty: (details?: DavErrorDetails) => new DavError(409, 'The collection is not empty.', details),
  unmanaged: () => new DavError(403, 'Something that this server does not manage is in the collection.'),
  linkAcross: () => new DavError(403, 'The link leads to a file on another file system, which can only be read.'),
  mounted: () => new DavError(403, 'Another file system is mounted here.'),
  isCollection: () => new DavError(409, 'This is a collection, not a file.'),
  isFile: () => new DavError(409, 'This is a file, not a collection.'),
  otherKind: (details?: DavErrorDetails) =>
    new DavError(409, 'A file cannot take the place of a collection, nor a collection that of a file.', details),
  unreachable: (details?: DavErrorDetails) => new DavError(403, 'Nothing can be written under this name.', details),
  sameResource: () => new DavError(403, 'Both names lead to the same resource.'),
  intoItself: () => new DavError(403, 'A collection cannot be moved into itself.'),
  theRoot: () => new DavError(403, 'The root collection can be neither removed nor moved.'),
  readOnly: () => new DavError(403, 'This server only reads.'),
  gone: (details?: DavErrorDetails) => new DavError(503, 'The folder that is served here is gone.', details),
  brokenOff: (details?: DavErrorDetails) => new DavError(400, 'The content ended before it was complete.', details),
};
