// The collection that all clients share: nobody knows what is in it, but no file is half, and no lock that was granted is lost.
import { lockBody, proppatchBody } from './bodies.ts';
import { contentOf } from './content.ts';
import type { Sent } from './operation.ts';
import type { Random } from './random.ts';

export const COMMON = '/common';

const COLLECTIONS = ['x', 'y'].map((name) => `${COMMON}/${name}`);
const FILES = [COMMON, ...COLLECTIONS].flatMap((collection) => ['1', '2', '3'].map((name) => `${collection}/${name}`));

/** `held`: the tokens that this client has there, with what they are for. */
export function chooseInCommon(random: Random, fresh: () => string, held: ReadonlyMap<string, string>): Sent {
  const file = random.pick(FILES) ?? COMMON;
  const any = (random.chance(30) ? random.pick(COLLECTIONS) : undefined) ?? file;
  const [token, root] = random.pick([...held]) ?? [];
  const strict: Readonly<Record<string, string>> = random.chance(40) ? { prefer: 'handling=strict' } : {};
  const at = random.int(100);
  if (token !== undefined && root !== undefined && at < 10)
    return { method: 'UNLOCK', path: root, headers: { 'lock-token': `<${token}>` } };
  if (at < 40) return { method: 'PUT', path: file, body: contentOf(fresh(), 40 + random.int(40_000)) };
  if (at < 50) return { method: 'MKCOL', path: `${random.pick(COLLECTIONS)}/` };
  if (at < 60) return { method: 'PROPPATCH', path: any, body: proppatchBody(new Map([['p', fresh()]])) };
  if (at < 70)
    return { method: 'LOCK', path: any, headers: { timeout: 'Second-80000', 'content-type': 'application/xml' }, body: lockBody() };
  if (at < 80) return { method: 'DELETE', path: any, headers: strict };
  const other = any === file ? random.pick(FILES) : random.pick(COLLECTIONS);
  return { method: at < 90 ? 'COPY' : 'MOVE', path: any, to: other ?? file, headers: strict };
}
