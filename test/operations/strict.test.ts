// What a strict request is refused with: the status of the first obstacle, and the name of each.
import { expect, test } from '@jest/globals';
import type { Failure } from '../../src/operations/outcome.ts';
import { requireNone } from '../../src/operations/strict.ts';
import { DavError } from '../../src/protocol/error.ts';
import { errorBody } from '../../src/protocol/multistatus.ts';
import type { Ref } from '../../src/protocol/path.ts';
import { resource } from './planning.ts';

const refTo = (href: string): Ref => ({ path: resource(href).path, collection: href.endsWith('/') });
const failure = (side: Failure['side'], href: string, status: number, name?: 'lock-token-submitted' | 'sufficient-disk-space'): Failure => {
  const refs = name === 'lock-token-submitted' ? { refs: [refTo(href)] } : {};
  return { side, ref: refTo(href), error: new DavError(status, `${status}.`, name ? { condition: { name, ...refs } } : {}) };
};

function refusalOf(failures: readonly Failure[]): { status: number; message: string; body: string | undefined } {
  try {
    requireNone(failures);
  } catch (error) {
    if (error instanceof DavError) return { status: error.status, message: error.message, body: errorBody(error, '') };
  }
  throw new Error('it was not refused');
}

const inError = (content: string) => `<?xml version="1.0" encoding="utf-8"?>\n<D:error xmlns:D="DAV:"${content}</D:error>`;
const aborted = (...hrefs: string[]) =>
  `<e:failed-dependency><e:outcome>aborted</e:outcome><e:cause>${hrefs.map((href) => `<D:href>${href}</D:href>`).join('')}</e:cause></e:failed-dependency>`;

test('nothing in the way is no refusal', () => expect(requireNone([])).toBeUndefined());

test('each lock root is named once in one condition, and needs no other name', () => {
  const locks = ['/d/z', '/d/a', '/d/z'].map((href) => failure('destination', href, 423, 'lock-token-submitted'));
  expect(refusalOf(locks)).toEqual({
    status: 423,
    message: 'Nothing was changed, because not all of it may be. 423.',
    body: inError('><D:lock-token-submitted><D:href>/d/a</D:href><D:href>/d/z</D:href></D:lock-token-submitted>'),
  });
});

test('the first in the order of rows has its status, the source side before the destination side', () => {
  const found = [
    failure('destination', '/a/x', 403),
    failure('source', '/s/y', 500),
    failure('source', '/s/b', 507, 'sufficient-disk-space'),
  ];
  expect(refusalOf(found)).toEqual({
    status: 507,
    message: 'Nothing was changed, because not all of it may be. 507.',
    body: inError(` xmlns:e="urn:dav207"><D:sufficient-disk-space/>${aborted('/s/b', '/s/y', '/a/x')}`),
  });
});

test('a condition that belongs to another status is left out; what it was about is named all the same', () => {
  const found = [failure('source', '/s/a', 403), failure('source', '/s/b', 507, 'sufficient-disk-space')];
  expect(refusalOf(found).body).toBe(inError(` xmlns:e="urn:dav207">${aborted('/s/a', '/s/b')}`));
});

test('of very many sixteen are named, and the others counted', () => {
  const found = Array.from({ length: 20 }, (_, index) => failure('source', `/s/${String(index).padStart(2, '0')}`, 403));
  expect(refusalOf(found).body).toContain('<D:href>/s/15</D:href><e:more>4</e:more></e:cause>');
  expect(refusalOf(found).body).not.toContain('/s/16');
});
