// Fields and chunks that say two things of where a body ends, or nothing: all that is answered keeps the laws, and each is answered.
import { test } from '@jest/globals';
import fc from 'fast-check';
import { bare, encoded, joined, many } from './hostile.ts';
import { siegeRaw } from './siege.ts';

const EVE = `Authorization: Basic ${Buffer.from('Eve:eve').toString('base64')}`;
const FIELDS = [
  ...['Content-Length: 5', 'Content-Length: 5', 'Content-Length: 0', 'Content-Length: +5', 'Content-Length: 5, 5', 'Content-Length: 5, 6'],
  ...['Content-Length: 99999999999999999999', 'Content-Length: -1', 'Content-Length: 0x5', 'Content-Length:5', 'Content-Length : 5'],
  ...['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked', 'Transfer-Encoding: Chunked', 'Transfer-Encoding: chunked, chunked'],
  ...['Transfer-Encoding: gzip', 'Transfer-Encoding: identity', 'Transfer-Encoding:\tchunked', 'Transfer-Encoding: \u000bchunked'],
  ...['Transfer-Encoding: xchunked', 'Transfer-Encoding: chunked\r\n ', 'Transfer_Encoding: chunked', 'X: a\r\n b', 'Expect: 100-continue'],
  ...[
    'Expect: x',
    'Connection: close',
    'Connection: keep-alive, Transfer-Encoding',
    'Connection: Authorization',
    'Upgrade: h2c',
    'TE: trailers',
  ],
  ...['Upgrade: websocket\r\nConnection: Upgrade', 'Trailer: Host', 'Host: other', ': x', 'No colon', '\0: x', `X: ${many(20_000, 'x')}`],
  ...[`X: ${bare(0x80)}`, `${bare(0xff)}: x`, 'X: \0', 'X: \r', many(3000, 'X: y\r\n'), 'Content-Type: application/xml', 'If: (<urn:x>)'],
];
const PIECES = [
  ...['hello', '5\r\nhello\r\n', '5\r\nhello\r\n', '0\r\n\r\n', '0\r\n\r\n', '0\r\nHost: x\r\nAuthorization: x\r\n\r\n', '3\r\nab', '\r\n'],
  ...[
    'ffffffffffffffffff\r\n',
    '7fffffffffffffff\r\n',
    '5;x="\r\n"\r\nhello\r\n',
    '-1\r\n',
    '5\nhello\n',
    '5 \r\nhello\r\n',
    '+5\r\nhello\r\n',
  ],
  ...['0x5\r\nhello\r\n', `5;${many(30_000, 'x')}\r\nhello\r\n`, many(3000, '1\r\na\r\n'), `0\r\n${many(2000, 'X: y\r\n')}\r\n`],
  ...[`GET /out/secret HTTP/1.1\r\nHost: x\r\n${EVE}\r\n\r\n`, `DELETE /locked HTTP/1.1\r\nHost: x\r\n${EVE}\r\n\r\n`, '\0', bare(0xff)],
];
const LINES = ['PUT /a/f', 'PUT /new', 'GET /a/f', 'PROPFIND /a/', 'LOCK /a/f', 'PATCH /a/f', 'DELETE /none', 'MKCOL /new', 'COPY /a/f'];

const anyFraming = fc
  .tuple(
    fc.constantFrom(...LINES),
    fc.constantFrom('1.1', '1.1', '1.1', '1.0'),
    fc.array(fc.constantFrom(...FIELDS), { maxLength: 3 }),
    joined(PIECES, 5),
  )
  .map(([line, version, fields, body]) =>
    encoded([`${line} HTTP/${version}`, 'Host: 127.0.0.1', EVE, 'Destination: /copied', ...fields, '', body].join('\r\n')),
  );

test('any framing', async () => siegeRaw(anyFraming));
