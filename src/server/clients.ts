// Clients that cannot read a 207 on a write: without a word from them a request of theirs is done whole or not at all.

interface Client {
  readonly name: string;
  /** Of the User-Agent field. */
  readonly agent: RegExp;
  /** What it makes of a 207, and where that was read. */
  readonly misreads: string;
}

export const CLIENTS: readonly Client[] = [
  {
    name: 'GNOME Files (gvfs)',
    agent: /^gvfs\//,
    misreads: 'any 2xx of DELETE, MOVE and COPY is a success: gvfsbackenddav.c, try_delete_send_cb, try_move_do_cb, try_copy_do_cb',
  },
  {
    name: 'macOS Finder (WebDAVFS)',
    agent: /^WebDAVFS\//,
    misreads: 'a 207 of MOVE is a success, of DELETE and LOCK "busy" whatever it says: webdav_network.c, network_rename, network_delete',
  },
  {
    name: 'KDE (KIO)',
    agent: /\b(?:KIO|Konqueror)\/\d/,
    misreads: 'MOVE and COPY succeed with 201 and 204, DELETE with 200 and 204, all else fails as a whole: http.cpp, rename, copy, del',
  },
  {
    name: 'Windows Explorer (MiniRedir)',
    agent: /^(?:Microsoft-WebDAV-MiniRedir|DavClnt)/,
    misreads: 'a 207 of MOVE is an error, even of one that was done: redmine_dmsf issue 671',
  },
  {
    name: 'davfs2',
    agent: /^davfs2\//,
    misreads: 'a 207 is an input/output error, where a 423 makes it look for its own lock: webdav.c, get_ne_error',
  },
  { name: 'rclone', agent: /^rclone\//, misreads: 'any 2xx is a success: backend/webdav/webdav.go, whose FIXME says so' },
];

export function misreadsMultistatus(agent: string | undefined): boolean {
  return agent !== undefined && CLIENTS.some((client) => client.agent.test(agent));
}
