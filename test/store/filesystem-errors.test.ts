// Every errno has one meaning, and none of them tells a client where the folder is.
import { readdir, rmdir, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { DavError } from '../../src/protocol/error.ts';
import { davErrorOf } from '../../src/store/filesystem-errors.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

test.each([
  ['EACCES', 403, 403],
  ['EPERM', 403, 403],
  ['EROFS', 403, 403],
  ['EBUSY', 403, 403],
  ['ETXTBSY', 403, 403],
  ['ENOENT', 404, 409],
  ['ENOTDIR', 404, 409],
  ['ELOOP', 404, 403],
  ['ENAMETOOLONG', 404, 403],
  ['EINVAL', 403, 403],
  ['EILSEQ', 403, 403],
  ['EEXIST', 409, 409],
  ['ENOTEMPTY', 409, 409],
  ['EISDIR', 409, 409],
  ['ENOSPC', 507, 507],
  ['EDQUOT', 507, 507],
  ['EFBIG', 507, 507],
  ['EMFILE', 503, 503],
  ['ENFILE', 503, 503],
  ['EXDEV', 403, 403],
  ['EIO', 500, 500],
])('%s: %i for a name to be found, %i for a name to be made', (code, existing, made) => {
  const cause = Object.assign(new Error(`${code}: no, open '/srv/secret/f'`), { code });
  for (const [naming, status] of [
    ['existing', existing],
    ['new', made],
  ] as const) {
    const error = davErrorOf(cause, naming);
    expect(error.status).toBe(status);
    expect(error.cause).toBe(cause);
    expect(error.message).toMatch(/^[A-Z][^/]*\.$/);
  }
});

test('Q-6-a: a full disk and a full quota are told apart', () => {
  const conditionOf = (code: string) => davErrorOf(Object.assign(new Error(), { code }), 'new').condition?.name;
  expect([conditionOf('ENOSPC'), conditionOf('EDQUOT'), conditionOf('EIO')]).toEqual([
    'sufficient-disk-space',
    'quota-not-exceeded',
    undefined,
  ]);
});

test('what is no system error is a 500, and a DavError stays itself', () => {
  expect(davErrorOf(new TypeError('x'), 'new').status).toBe(500);
  expect(davErrorOf('a string', 'existing').status).toBe(500);
  const own = new DavError(423, 'Locked.');
  expect(davErrorOf(own, 'existing')).toBe(own);
});

test('the real ones are recognised', async () => {
  const folder = temporaryFolder();
  try {
    const file = `${folder}/f`;
    await writeFile(file, '');
    const statusOf = (work: Promise<unknown>) => work.then(String, (error) => davErrorOf(error, 'new').status);
    expect(await statusOf(writeFile(`${folder}/no/f`, ''))).toBe(409);
    expect(await statusOf(writeFile(`${file}/f`, ''))).toBe(409);
    expect(await statusOf(writeFile(file, '', { flag: 'wx' }))).toBe(409);
    expect(await statusOf(writeFile(folder, ''))).toBe(409);
    expect(await statusOf(rmdir(folder))).toBe(409);
    expect(await statusOf(readdir(`${folder}/${'x'.repeat(300)}`))).toBe(403);
  } finally {
    removeFolder(folder);
  }
});
