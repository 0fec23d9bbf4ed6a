// Whether it is for want of room that something could not be stored (RFC 4331 §6).
import { constants } from 'node:os';
import type { Condition } from '../protocol/error.ts';

const CONDITIONS: readonly (readonly [name: string, number: number, condition: Condition['name']])[] = [
  ['ENOSPC', constants.errno.ENOSPC, 'sufficient-disk-space'],
  ['EDQUOT', constants.errno.EDQUOT, 'quota-not-exceeded'],
  // The process may not write files of that size.
  ['EFBIG', constants.errno.EFBIG, 'quota-not-exceeded'],
];

/** The condition that belongs to a 507; undefined for any other failure. lmdb gives an errno as its number, Node as its name. */
export function roomWanted(error: unknown): { readonly condition: Condition } | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const [, , name] = CONDITIONS.find(([written, number]) => code === written || code === number) ?? [];
  return name === undefined ? undefined : { condition: { name } };
}
