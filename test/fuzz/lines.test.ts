// Request lines that no client writes: method names, the forms of a target, versions, and whose server the Host says this is.
import { test } from '@jest/globals';
import fc from 'fast-check';
import { bare, type Hostile, joined, METHODS, many } from './hostile.ts';
import { plainHeaders } from './random-headers.ts';
import { references, soundTargets, targets } from './random-url.ts';
import { requireWorth, siege } from './siege.ts';

const ODD_METHODS = [
  ...['get', 'Propfind', 'M-SEARCH', 'PRI', 'BREW', 'ACL', 'BIND', 'UNBIND', 'REBIND', 'MERGE', 'CHECKOUT', 'MKACTIVITY', 'MKCALENDAR'],
  ...['NOTIFY', 'SUBSCRIBE', 'PURGE', 'LINK', 'QUERY', 'SOURCE', 'CONNECT', 'constructor', '__proto__', 'toString', 'hasOwnProperty'],
  ...['', 'G\tET', 'PUT\0', 'GET\u00a0', `P${bare(0xff)}T`, '"GET"', 'GET:', many(5000, 'A')],
];
const FORMS = [
  ...['*', '/', '127.0.0.1:PORT', 'a:1', 'http://127.0.0.1:PORT', 'http://127.0.0.1:PORT/out/secret', 'http://evil.example/a/f'],
  ...[
    'https://127.0.0.1:PORT/../outside/secret',
    'HTTP://127.0.0.1:PORT//a//f',
    'http:///a/f',
    'http:a/f',
    'file:///etc/passwd',
    'a/f',
    '',
  ],
  ...['//127.0.0.1/a/f', '/a/f HTTP/1.1', '/a f', '\\a\\f', 'http://127.0.0.1:PORT\\@evil.example/', '/%00', `/${bare(0x80)}`],
];
const VERSIONS = [
  ...['HTTP/1.0', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.9', 'HTTP/1.10', 'http/1.1', ''],
  ...['HTTP/1', 'HTTPS/1.1', 'HTTP/1.1 ', `HTTP/${many(3000, '1')}`, 'RTSP/1.0'],
];

const hosts = fc.oneof(references, joined(['127.0.0.1', ':PORT', ':', '[::1]', '@', ',', '/', ' ', 'x'], 5));

// Most have one odd thing, or none: what is wrong in several ways is refused at the first.
const anyLine: fc.Arbitrary<Hostile> = fc
  .oneof({ weight: 4, arbitrary: fc.constantFrom(...METHODS) }, { weight: 1, arbitrary: fc.constantFrom(...ODD_METHODS) })
  .chain((method) =>
    fc.record({
      method: fc.constant(method),
      target: fc.oneof(
        { weight: 2, arbitrary: fc.constantFrom(...FORMS) },
        { weight: 1, arbitrary: targets },
        { weight: 4, arbitrary: soundTargets },
      ),
      version: fc.oneof({ weight: 4, arbitrary: fc.constant('HTTP/1.1') }, { weight: 1, arbitrary: fc.constantFrom(...VERSIONS) }),
      headers: fc
        .tuple(plainHeaders(method), fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: hosts }))
        .map(([own, host]) => (host === undefined ? own : [...own, ['Host', host] as const])),
      body: fc.constantFrom(undefined, undefined, Buffer.from('content of Eve')),
      chunked: fc.boolean(),
    }),
  );

test('any request line', async () => requireWorth(await siege(anyLine), 0.01));
