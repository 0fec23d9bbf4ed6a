// The log as programs read it: an object a line, by pino.
import { pino } from 'pino';
import { escaped, type Log } from './log.ts';

export function jsonLog(): Log {
  const logger = pino({ base: null }, buffered());
  return {
    request: (method, url, status, milliseconds) => logger.info({ method, url, status, ms: Math.round(milliseconds) }, 'request'),
    warn: (sentence) => logger.warn(sentence),
    error: (sentence, cause) => logger.error(cause === undefined ? {} : { err: cause }, sentence),
  };
}

/** A log that nobody takes any more (a full disk, a closed terminal) must not stop the server, nor keep it from ending. */
function buffered() {
  const destination = pino.destination({ dest: 2, sync: false, maxLength: 1024 * 1024 });
  destination.on('error', () => {
    destination.flushSync = () => {}; // at exit it would try for ever
  });
  return { write: (line: string) => void destination.write(escaped(line)) };
}
