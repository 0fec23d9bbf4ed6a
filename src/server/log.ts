// What the server says about itself, on standard error: a line a request, readable or as JSON.
import { pino } from 'pino';

export const LOG_FORMATS = ['pretty', 'json', 'none'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface Log {
  request(method: string, url: string, status: number, milliseconds: number): void;
  /** What the operator must know: a failure of the server. */
  error(sentence: string, cause?: unknown): void;
  /** What the operator may be able to mend, such as a proxy that hides the server's own name. */
  warn?(sentence: string): void;
}

export function createLog(format: LogFormat): Log {
  const destination = format === 'pretty' ? { write: (line: string) => void process.stderr.write(escaped(readable(line))) } : buffered();
  const logger = pino({ level: format === 'none' ? 'silent' : 'info', base: null }, destination);
  return {
    request: (method, url, status, milliseconds) => logger.info({ method, url, status, ms: Math.round(milliseconds) }, 'request'),
    warn: (sentence) => logger.warn(sentence),
    error: (sentence, cause) => logger.error(cause === undefined ? {} : { err: cause }, sentence),
  };
}

/** For an app that does not say where to log: only what its operator must know. */
export function errorLog(): Log {
  return { ...createLog('pretty'), request() {} };
}

/** A log that nobody takes any more (a full disk, a closed terminal) must not stop the server, nor keep it from ending. */
function buffered() {
  const destination = pino.destination({ dest: 2, sync: false, maxLength: 1024 * 1024 });
  destination.on('error', () => {
    destination.flushSync = () => {}; // at exit it would try for ever
  });
  return { write: (line: string) => void destination.write(escaped(line)) };
}

/**
 * JSON has escaped the control characters of ASCII. Of the others some command a terminal (U+009B), part lines (U+2028) or turn
 * around what is read (U+202E), and a name on the disk may hold any.
 */
function escaped(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

interface Line {
  readonly time: number;
  readonly msg: string;
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly ms?: number;
  readonly err?: { readonly message: string };
}

/** JSON has escaped control characters in a URL already: a client cannot write to the operator's terminal. */
function readable(json: string): string {
  const { time, msg, method, url, status, ms, err } = JSON.parse(json) as Line;
  const clock = new Date(time).toISOString().slice(11, 19);
  const text = status === undefined ? `${msg}${err ? `: ${err.message}` : ''}` : `${method} ${url} ${status} ${ms} ms`;
  return `${clock} ${JSON.stringify(text).slice(1, -1)}\n`;
}
