// Origins as an operator writes them, and as browsers do.
import { describe, expect, test } from '@jest/globals';
import { parseOrigin } from '../../src/server/cors.ts';

describe('parseOrigin', () => {
  test.each([
    ['*', '*'],
    ['https://App.Example/', 'https://app.example'],
    ['https://app.example:443', 'https://app.example'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['capacitor://localhost', 'capacitor://localhost'],
  ])('%s is %s', (text, origin) => {
    expect(parseOrigin(text)).toBe(origin);
  });

  test.each([
    '',
    'app.example',
    'https://',
    'https://app.example/page',
    'https://ann@app.example',
    'https://a b',
    'null',
    'https://app.example:x',
  ])('%j is none', (text) => {
    expect(parseOrigin(text)).toBeUndefined();
  });
});
