// The bodies of a 207 as they are written, where no request shows it.
import { expect, test } from '@jest/globals';
import { propertyRow, writePropstats } from '../../src/protocol/multistatus.ts';

const FOUND = '<D:propstat><D:prop><D:a/></D:prop><D:status>HTTP/1.1 200 OK</D:status>';

test('what says more of properties that are there says it after the status (RFC 4918 §14.22)', () => {
  const properties = ['<D:a/>'];
  expect(propertyRow('/f', [{ status: 200, properties }])).toBe(`<D:response><D:href>/f</D:href>${FOUND}</D:propstat></D:response>`);
  expect(writePropstats([{ status: 200, properties, condition: { name: 'cannot-modify-protected-property' }, description: 'So.' }])).toBe(
    `${FOUND}<D:error><D:cannot-modify-protected-property/></D:error><D:responsedescription>So.</D:responsedescription></D:propstat>`,
  );
});
