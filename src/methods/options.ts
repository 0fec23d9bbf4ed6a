// OPTIONS (RFC 4918 §10.1, §18): what this server can do. `Allow` is added by the dispatch table.
import type { Method } from './method.ts';

export const options: Method = async (_request, { options: { readOnly } }) => ({
  status: 200,
  headers: {
    // Class 2 promises locks, which a read-only server does not give, and PATCH is a change.
    // The URI is mod_dav's: without it cadaver does not try to make a file executable.
    DAV: readOnly ? '1, 3' : '1, 2, 3, extended-mkcol, sabredav-partialupdate, <http://apache.org/dav/propset/fs/1>',
    // Windows and Office take WebDAV instead of FrontPage when they see this.
    'MS-Author-Via': 'DAV',
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'no-cache',
    'Content-Length': '0',
  },
});
