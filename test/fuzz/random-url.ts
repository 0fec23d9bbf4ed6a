// Request targets and references that try to get out of the folder, into the server's own, or through the parser.
import fc from 'fast-check';
import { bare, joined, many } from './hostile.ts';

const NAMES = [
  'a',
  'b',
  'f',
  'g',
  'mine',
  'locked',
  'in',
  'out',
  'out-file',
  'loop',
  'pipe',
  'new',
  'secret',
  'outside',
  'served',
  'etc/passwd',
];
const OWN = [
  '.dav207',
  '%2edav207',
  '.DAV207',
  ...[
    '.dav207-x',
    '.DAV207-x',
    '.dav207%2dx',
    '.dav207;x',
    '.dav207.',
    '.dav207%20',
    '.dav207%2e',
    '.ｄav207',
    '．dav207',
    '.da\u030av207',
  ],
  '.dav207%00',
  '.dav207%2fcanary',
  '.dav207/canary',
  '.dav207/state.mdb',
  'canary',
  'tmp',
];
const SLASHES = ['/', '/', '/', '/', '//', '%2f', '%2F', '%252f', '\\', '%5c', '%5C', '%c0%af', '%e0%80%af', '∕', '%ef%bc%8f', ';/', '/./'];
const DOTS = [
  ...[
    '.',
    '..',
    '%2e',
    '%2e%2e',
    '%2E.',
    '.%2e',
    '%252e%252e',
    '%c0%ae%c0%ae',
    '%c0%2e',
    '%e0%80%ae',
    '%f0%80%80%ae',
    '%fc%80%80%80%80%ae',
  ],
  ...[
    '%u002e%u002e',
    '%ef%bc%8e%ef%bc%8e',
    '．．',
    '..;',
    '..%00',
    '...',
    '..%5c..%5c',
    '..\\',
    '%2e%2e%2f',
    '../../../../../../etc/passwd',
  ],
];
const BROKEN = [
  ...[
    '%',
    '%4',
    '%zz',
    '%00',
    '\0',
    '%0d%0aX:%20y',
    '%ff',
    '%c3',
    '%ed%a0%80',
    '%f4%90%80%80',
    '%80',
    '\xff',
    bare(0xff),
    bare(0xc0) + bare(0xae),
    '\u{10ffff}',
    'e\u0301',
    '\ufeff',
  ],
  ...['?', '?x=/../..', '#', '#/..', ' ', '%20', '+', '*', '~', '|', '<', '>', '"', '{', '`', ':', '@', 'C:', 'f::$DATA', 'NUL'],
  ...[many(300, 'n'), many(2000, 'd/'), many(1500, '%2e%2e/'), many(600, '/'), many(10_000, 'x'), many(8000, '%41')],
];
const AUTHORITIES = [
  'http://127.0.0.1:PORT',
  'HTTP://127.0.0.1:PORT',
  'https://127.0.0.1',
  'http://other',
  'http://a@127.0.0.1:PORT',
  'http://[::1',
];
const SCHEMES = [
  'file://',
  'http:',
  'urn:uuid:',
  'opaquelocktoken:',
  'DAV:',
  '//127.0.0.1:PORT',
  'http://127.0.0.1:PORT:PORT',
  'ftp://127.0.0.1:PORT',
];

const sound = fc.constantFrom(
  ...[
    '/',
    '/a/',
    '/a/f',
    '/a/b/',
    '/a/b/g',
    '/mine',
    '/locked',
    '/a/b/locked',
    '/in/',
    '/in/f',
    '/out/secret',
    '/out-file',
    '/new',
    '/a/new',
  ],
);
const path = joined([...SLASHES, ...SLASHES, ...NAMES, ...NAMES, ...DOTS, ...DOTS, ...OWN, ...BROKEN]).map((text) => `/${text}`);
const climbing = fc
  .tuple(
    fc.constantFrom('', '/a', '/a/b', '/in', '/out', '/.dav207'),
    fc.array(fc.constantFrom(...DOTS), { minLength: 1, maxLength: 4 }),
    fc.constantFrom(...SLASHES),
  )
  .map(([from, dots, slash]) => `${from}/${dots.join(slash)}${slash}outside${slash}secret`);

/** What stands between the method and the version. */
export const targets: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: path },
  { weight: 3, arbitrary: climbing },
  { weight: 4, arbitrary: sound },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...AUTHORITIES), path).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: joined([...SCHEMES, ...NAMES, ...DOTS, ...BROKEN, '/']) },
);

/** A Destination, or what stands between the brackets of an If tag. */
export const references: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: targets },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...AUTHORITIES), fc.oneof(sound, path)).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...SCHEMES), path).map((parts) => parts.join('')) },
);

export const soundTargets = sound;
