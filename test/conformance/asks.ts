// What RFC 4918 asks for in a scenario, in a few words.
import type { Variant } from '../scenarios/scenario.ts';

const PARTS: Readonly<Record<string, string>> = {
  DELETE: 'what is locked stays, its ancestors too (§9.6.1)',
  COPY: 'what is locked stays, the rest is copied (§9.8.3)',
  MOVE: 'what is locked stays, the rest is moved (§9.9.2)',
  LOCK: 'all or nothing (§9.10.3)',
};

const WHOLES: Readonly<Record<string, string>> = {
  DELETE: 'all is deleted (§9.6)',
  COPY: 'all is copied (§9.8)',
  MOVE: 'all is moved (§9.9)',
  PUT: 'it is stored (§9.7)',
  LOCK: 'a lock (§9.10)',
  UNLOCK: 'this lock is gone (§9.11)',
};

export function asksFor({ method, status, headers, after }: Variant): string {
  if (status === 207 && after === undefined && method !== 'LOCK') return 'what is locked stays, no data is lost (§7)';
  if (status === 207) return PARTS[method] ?? '';
  if (status < 300) return WHOLES[method] ?? '';
  if (status === 412) return `412, nothing is done (${headers.overwrite === 'F' ? '§10.6' : '§10.4.1'})`;
  if (method === 'UNLOCK') return `${status}, every lock stays (§9.11)`;
  if (method === 'LOCK') return `${status}, no lock (§9.10.5)`;
  if (status === 423) return '423, nothing is done (§7)';
  return `${status}, nothing is lost (${method === 'COPY' ? '§9.8.5' : '§9.9.4'})`;
}
