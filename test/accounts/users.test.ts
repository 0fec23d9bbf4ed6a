// Who is let in: names as they were given, and as Windows sends them.
import { describe, expect, test } from '@jest/globals';
import { basicCredentials } from '../../src/accounts/basic.ts';
import { parseUser, verify } from '../../src/accounts/users.ts';

const users = ['ann:a:b', 'DOM\\eve:e', 'bob:short', 'DOM\\bob:long'].map(parseUser);
const header = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;

describe('verify', () => {
  test.each([
    ['ann:a:b', 'ann'],
    ['WORKGROUP\\ann:a:b', 'ann'],
    ['\\ann:a:b', 'ann'],
    ['DOM\\eve:e', 'DOM\\eve'],
    ['bob:short', 'bob'],
    ['OTHER\\bob:short', 'bob'],
    ['DOM\\bob:long', 'DOM\\bob'],
  ])('U-7617-2-a: %s is %s', (credentials, name) => {
    expect(verify(users, basicCredentials(header(credentials)))).toBe(name);
  });

  test.each(['ann:a', 'ann:', 'eve:e', 'OTHER\\eve:e', 'DOM\\eve:wrong', 'DOM\\bob:short', 'A\\B\\ann:a:b', ':', '\\:'])(
    'U-7617-2-b: %s is nobody: 401',
    (credentials) => {
      expect(() => verify(users, basicCredentials(header(credentials)))).toThrow(expect.objectContaining({ status: 401 }));
    },
  );

  test('U-7617-2-a: in UTF-8, the scheme in any case, the password from the first colon on', () => {
    // The second is RFC 7617's own example.
    expect(basicCredentials('BASIC Zm9vOmI6YXI=')).toEqual({ name: 'foo', password: 'b:ar' });
    expect(basicCredentials('Basic dGVzdDoxMjPCow==')).toEqual({ name: 'test', password: '123£' });
  });

  test('U-11.6.1-a: no credentials are 401, with a challenge', () => {
    expect(() => verify(users, undefined)).toThrow(
      expect.objectContaining({ status: 401, headers: { 'WWW-Authenticate': expect.stringMatching(/^Basic realm=/) } }),
    );
  });
});

test.each([undefined, '', 'Bearer eHg6', 'Basic', 'Basic !!!', header('no colon')])(
  'U-7617-2-b: %j holds no credentials',
  (authorization) => {
    expect(basicCredentials(authorization)).toBeUndefined();
  },
);

test.each(['ann', ':secret', 'ann:', ''])('%j is no user', (text) => {
  expect(() => parseUser(text)).toThrow('NAME:PASSWORD');
});
