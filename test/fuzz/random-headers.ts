// Header fields that are nearly right, far too long, or nonsense: each by the grammar it breaks.
import fc from 'fast-check';
import { bare, joined, many } from './hostile.ts';
import { references } from './random-url.ts';

/** As many different pieces. */
const numbered = (times: number, piece: (at: number) => string) => Array.from({ length: times }, (_, at) => piece(at)).join('');

const NUMBERS = [
  '0',
  '1',
  '-1',
  '00',
  '1e9',
  '0x10',
  '2147483648',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551615',
  '18446744073709551616',
  many(400, '9'),
  '١',
  'NaN',
  '1.5',
  '',
];
const ODD = [
  ' ',
  '\t',
  ',',
  ', ',
  ';',
  '=',
  '"',
  '\\',
  '\\"',
  '<',
  '>',
  '(',
  ')',
  '*',
  'é',
  '\u0001',
  '\x7f',
  'x',
  'W/',
  bare(0x80),
  bare(0xff),
  bare(0xc0) + bare(0xaf),
  '\u0085',
  many(3000, ','),
  many(9000, 'x'),
];
const TOKENS = [
  '<urn:uuid:00000000-0000-4000-8000-000000000000>',
  '<DAV:no-lock>',
  '<opaquelocktoken:x>',
  '<>',
  '<x',
  'urn:uuid:x',
  '<urn:x y>',
];

const IF_PIECES = [
  ...['(', ')', '(', ')', 'Not ', 'Not', '[', ']', '["', '"]', '["x"]', '[W/"x"]', '[*]', '<', '>', ' ', ...TOKENS, ...TOKENS, ...ODD],
  ...[
    '(<DAV:no-lock>)',
    '(Not <DAV:no-lock>)',
    '</locked> (<urn:uuid:0>)',
    many(2000, '(Not <DAV:no-lock>)'),
    many(3000, '('),
    many(2000, 'Not '),
    numbered(600, (at) => `</a/${at}> (<urn:x> ["${at}"])`),
    numbered(900, (at) => `(Not ["${at}"])`),
    numbered(300, () => '<http://127.0.0.1:PORT/a/b/locked> (Not <urn:x>)'),
  ],
];
const ifs = fc.oneof(
  joined(IF_PIECES, 10),
  fc.tuple(references, fc.constantFrom('(Not <DAV:no-lock>)', '(["x"])', '(Not ["x"])', '')).map(([tag, list]) => `<${tag}> ${list}`),
);

const after = (start: string, pieces: readonly string[]) =>
  joined([...NUMBERS, ...NUMBERS, ...ODD, ...pieces], 6).map((rest) => start + rest);
const either = (valid: readonly string[], wild: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...valid) }, { weight: 1, arbitrary: wild });
const wild = joined([...NUMBERS, ...ODD, ...TOKENS, 'infinity', 'T', 'F', 'bytes', 'Second-'], 5);

const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  Destination: references,
  If: ifs,
  'Lock-Token': either(TOKENS, joined([...TOKENS, ...ODD], 4)),
  Timeout: either(['Second-4100000000', 'Infinite', 'Second-1, Infinite'], after('Second-', ['Infinite', 'Second-', 'Extend'])),
  Depth: either(['0', '1', 'infinity', 'Infinity', '1,noroot'], wild),
  Overwrite: either(['T', 'F'], wild),
  Range: either(
    [
      ...['bytes=0-', 'bytes=-1', 'bytes=0-0,0-0', 'bytes=-0', `bytes=${many(2000, '0-0,')}0-`],
      ...[`bytes=${numbered(1000, (at) => `${2 * at}-${2 * at},`)}-1`, `bytes=${numbered(60, (at) => `${at}-,`)}0-`],
    ],
    after('bytes=', ['-', '-', '0-0,', '5-2', many(3000, '-,')]),
  ),
  'If-Range': either(['"x"', 'Thu, 01 Jan 1970 00:00:00 GMT'], wild),
  'Content-Range': either(['bytes 0-0/*', 'bytes 0-0/1', 'bytes 0-9/10', 'bytes */1'], after('bytes ', ['-', '/', '*', '-', '/'])),
  'X-Update-Range': either(['bytes=0-0', 'append', 'bytes=-1', 'bytes=0-'], after('bytes=', ['-', 'append'])),
  Prefer: either(
    [
      ...['return=minimal', 'return=representation', 'handling=strict', 'handling=lenient', 'depth-noroot'],
      ...[
        `return="${many(3000, '\\"')}`,
        `${many(2000, 'return=minimal;')}`,
        numbered(1500, (at) => `p${at}=1, `),
        'return="minimal',
        'constructor',
      ],
    ],
    joined(['return', 'handling', '=', 'minimal', 'strict', ';', ',', '"', ...ODD], 8),
  ),
  'If-Match': either(['*', '"x"', 'W/"x"'], joined(['"', 'W/', '*', ',', ...ODD], 6)),
  'If-None-Match': either(['*', '"x"', 'JoplinIgnore-1'], joined(['"', 'W/', '*', ',', ...ODD], 6)),
  'If-Modified-Since': either(['Thu, 01 Jan 1970 00:00:00 GMT'], wild),
  'If-Unmodified-Since': either(['Fri, 31 Dec 9999 23:59:59 GMT'], wild),
  'X-OC-Mtime': either(['0', '-62135596800', '253402300799'], after('', ['.'])),
  'OC-Checksum': either(['SHA1:x', 'MD5:00', 'ADLER32:'], after('SHA1:', [':', ' '])),
  'Content-Digest': either(['sha-256=:AAAA:', 'md5=:x'], after('sha-256=', [':', '=:', 'sha-512='])),
  'Want-Repr-Digest': either(['sha-256=1', 'sha-256=10, sha-512=3'], after('sha-256=', ['sha-512', '='])),
  'X-Expected-Entity-Length': fc.constantFrom(...NUMBERS),
  'Content-Type': either(['application/xml', 'text/plain', 'application/x-sabredav-partialupdate', 'text/xml; charset=utf-7'], wild),
  'Content-Encoding': either(['gzip', 'identity'], wild),
  Host: fc.oneof(references, wild),
  'X-Forwarded-Host': fc.oneof(references, wild),
  Authorization: either(['Basic', 'Basic !!!!', `Basic ${many(4000, 'QQ')}`, 'Digest x', 'Basic OjpA'], wild),
  Expect: either(['100-continue'], wild),
  Brief: fc.constantFrom('t', 'f', ''),
  'User-Agent': either(['Microsoft-WebDAV-MiniRedir/10', 'gvfs/1', 'davfs2/1'], wild),
};

/** Fields for a method that reads them, and any others. */
const field = (names: readonly string[]) =>
  fc.constantFrom(...names).chain((name) => (VALUES[name] ?? wild).map((value) => [name, value] as const));

const OF_METHODS: Readonly<Record<string, readonly string[]>> = {
  COPY: ['Destination', 'Depth', 'Overwrite', 'If', 'Prefer'],
  MOVE: ['Destination', 'Overwrite', 'If', 'Prefer'],
  DELETE: ['If', 'Depth', 'Prefer'],
  GET: ['Range', 'If-Range', 'If-None-Match', 'Want-Repr-Digest', 'If-Modified-Since'],
  PUT: ['Content-Range', 'If', 'If-None-Match', 'X-OC-Mtime', 'OC-Checksum', 'Content-Digest', 'Prefer', 'Expect'],
  PATCH: ['X-Update-Range', 'Content-Type', 'Prefer'],
  LOCK: ['Timeout', 'Timeout', 'Depth', 'If'],
  UNLOCK: ['Lock-Token'],
  PROPFIND: ['Depth', 'Prefer', 'If'],
};

export function headersFor(method: string): fc.Arbitrary<readonly (readonly [string, string])[]> {
  const own = OF_METHODS[method] ?? ['If', 'Depth', 'Prefer'];
  return fc
    .tuple(fc.array(field(own), { minLength: 1, maxLength: 3 }), fc.array(field(Object.keys(VALUES)), { maxLength: 1 }))
    .map((parts) => parts.flat());
}

/** As few as make the method do something. */
export function plainHeaders(method: string): fc.Arbitrary<readonly (readonly [string, string])[]> {
  if (method !== 'COPY' && method !== 'MOVE') return fc.constantFrom([], [['Depth', '0'] as const]);
  return references.map((value) => [['Destination', value] as const]);
}
