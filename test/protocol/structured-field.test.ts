// Dictionaries of Structured Fields: what is well-formed is read, and all of what is not is as if it were absent (RFC 9651).
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBytes, parseIntegers } from '../../src/protocol/structured-field.ts';

const entriesOf = (map: Map<string, Buffer> | undefined) => map && [...map].map(([key, value]) => [key, value.toString()]);

describe('byte sequences', () => {
  test.each<[string, [string, string][]]>([
    ['', []],
    ['a=:aGk=:', [['a', 'hi']]],
    [
      '  a=:aGk=:\t , *b.c_d-e1=::  ',
      [
        ['a', 'hi'],
        ['*b.c_d-e1', ''],
      ],
    ],
    ['a=:aGk=:,a=:aG8=:', [['a', 'ho']]],
    ['a=:aGk:', [['a', 'hi']]],
    [
      'a=:aGk=:;x;y=1;  z="a, b\\"";q=tok/en:x;r=?1;s=-1.5;t=@12;u=:aa==:, b=::',
      [
        ['a', 'hi'],
        ['b', ''],
      ],
    ],
  ])('%j', (field, members) => {
    expect(entriesOf(parseBytes(field))).toEqual(members);
  });

  test.each([
    'a',
    'a=1',
    'a=:aGk=',
    'a=:a-k=:',
    'a=:aGk=:,',
    ',a=:aGk=:',
    'a=:aGk=: b=::',
    'A=:aGk=:',
    'a =:aGk=:',
    'a= :aGk=:',
    'a=:aGk=: ;x',
    'a=:aGk=:;X',
    'a=:aGk=:;x="',
    'a=:a===:',
    'a=(:aGk=:)',
    'a=:aGk=:, b=1',
    '=:aGk=:',
    'a=:aGk=:x',
  ])('%j is ill-formed', (field) => {
    expect(parseBytes(field)).toBeUndefined();
  });

  test('absent', () => expect(parseBytes(undefined)).toBeUndefined());

  test('what is written is read', () => {
    const key = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,8}$/);
    fc.assert(
      fc.property(fc.dictionary(key, fc.uint8Array({ maxLength: 40 })), (dictionary) => {
        const entries = Object.entries(dictionary).map(([name, bytes]) => [name, Buffer.from(bytes)] as const);
        const field = entries.map(([name, bytes]) => `${name}=:${bytes.toString('base64')}:`).join(', ');
        expect([...(parseBytes(field) ?? [])]).toEqual(entries);
      }),
    );
  });
});

describe('integers', () => {
  test.each<[string, [string, number][]]>([
    [
      'sha-256=10, sha-512=0;q',
      [
        ['sha-256', 10],
        ['sha-512', 0],
      ],
    ],
    ['a=-3', [['a', -3]]],
  ])('%j', (field, members) => {
    expect([...(parseIntegers(field) ?? [])]).toEqual(members);
  });

  test.each(['a=1.5', 'a=+1', 'a=', 'a=1e3', 'a=1234567890123456', 'a=:aGk=:'])('%j is ill-formed', (field) => {
    expect(parseIntegers(field)).toBeUndefined();
  });
});

test('a long field costs no more than its length', () => {
  const long = `a=:${'A'.repeat(200_000)}`;
  expect(parseBytes(long)).toBeUndefined();
  expect(parseBytes(`a=::${';x'.repeat(100_000)}!`)).toBeUndefined();
});
