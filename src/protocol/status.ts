// The status codes this server sends, and the status line a Multi-Status row holds.
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  206: 'Partial Content',
  207: 'Multi-Status',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  422: 'Unprocessable Content',
  423: 'Locked',
  424: 'Failed Dependency',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
};

export function reasonOf(status: number): string {
  return REASONS[status] ?? 'Unknown';
}

/** RFC 4918 §14.28: `status` holds a whole status line, `HTTP/1.1 423 Locked`. */
export function statusLine(status: number): string {
  return LINES.get(status) ?? `HTTP/1.1 ${status} ${reasonOf(status)}`;
}

/** A listing holds one in each row. */
const LINES = new Map(Object.entries(REASONS).map(([status, reason]) => [Number(status), ['HTTP/1.1', status, reason].join(' ')]));
