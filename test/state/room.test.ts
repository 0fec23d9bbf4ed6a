// Q-6-a: which failures are for want of room, in the words of Node and of lmdb.
import { constants } from 'node:os';
import { expect, test } from '@jest/globals';
import { roomWanted } from '../../src/state/room.ts';

test.each<[unknown, string | undefined]>([
  ['ENOSPC', 'sufficient-disk-space'],
  [constants.errno.ENOSPC, 'sufficient-disk-space'],
  ['EDQUOT', 'quota-not-exceeded'],
  [constants.errno.EDQUOT, 'quota-not-exceeded'],
  ['EIO', undefined],
  [constants.errno.EFBIG, 'quota-not-exceeded'],
  [constants.errno.EACCES, undefined],
  [undefined, undefined],
])('the code %p is %p', (code, name) => {
  expect(roomWanted(Object.assign(new Error('no'), { code }))).toEqual(name === undefined ? undefined : { condition: { name } });
});

test.each([undefined, null, 'ENOSPC', 28, {}])('%p is no failure for want of room', (error) => {
  expect(roomWanted(error)).toBeUndefined();
});
