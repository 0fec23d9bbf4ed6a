// The log that the operator chooses.
import { type Log, readableLog } from './log.ts';

export const LOG_FORMATS = ['pretty', 'json', 'none'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export async function createLog(format: LogFormat): Promise<Log> {
  // pino takes longer to load than the rest of this room: only who asked for its JSON waits for it, and all of it is there
  // before the first request.
  if (format === 'json') return (await import('./log-json.ts')).jsonLog();
  return format === 'pretty' ? readableLog() : { request() {}, error() {} };
}
