// XML bodies that know what the server looks for: nearly right, too deep, too wide, with entities, in other encodings, cut off.
import fc from 'fast-check';
import { joined, many } from './hostile.ts';

interface Drawn {
  readonly name: string;
  readonly attributes: readonly string[];
  readonly inner: readonly (Drawn | string)[];
  /** How often it stands one behind the other, and how often one in the other. */
  readonly wide: number;
  readonly deep: number;
}

const NAMES = [
  ...[
    'D:prop',
    'D:allprop',
    'D:set',
    'D:remove',
    'D:exclusive',
    'D:write',
    'D:href',
    'D:getetag',
    'D:displayname',
    'D:resourcetype',
    'D:collection',
  ],
  ...['D:lockdiscovery', 'D:getlastmodified', 'D:principal-URL', 'p', 'é', '__proto__', 'constructor', 'toString'],
];
const BAD_NAMES = ['x:p', 'D:', ':a', 'u:p', 'xml', '1', 'D:propfind', 'D:lockinfo', 'a b', many(5000, 'n')];
const ATTRIBUTES = [
  ' xmlns:x="urn:x"',
  ' xmlns="urn:y"',
  ' xmlns="DAV:"',
  ' xmlns:D="DAV:"',
  ' xml:lang="de"',
  ' a="1"',
  ' xmlns:x="&#100;"',
  ' xml:lang="]]>"',
];
const BAD_ATTRIBUTES = [
  ...[
    ' xmlns:D="urn:other"',
    ' xmlns:D=""',
    ' xmlns:xml="u"',
    ' a="&e;"',
    ' a="<"',
    ' a=1',
    ' a',
    ' a="1" a="2"',
    ` a="${many(5000, 'v')}"`,
  ],
  ...[
    many(300, ' y:a="1"'),
    Array.from({ length: 500 }, (_, index) => ` xmlns:n${index}="urn:n${index}"`).join(''),
    Array.from({ length: 250 }, (_, index) => ` n${index}="${index}"`).join(''),
    ` xmlns:x="${many(20_000, 'u')}"`,
    ` xmlns="${many(2000, '&amp;')}"`,
    ` ${many(5000, 'n')}="1"`,
  ],
];
const TEXTS = [
  'text',
  ' ',
  '&lt;',
  '&amp;lt;',
  '&#60;script&#62;',
  '<![CDATA[<x>]]>',
  '<!-- c -->',
  '<?pi x?>',
  '\u{10000}',
  'urn:uuid:x',
  '/../outside/secret',
];
const BAD_TEXTS = [
  ...[
    '&e;',
    '&a9;',
    '&#0;',
    '&#xD800;',
    '&#x110000;',
    '&',
    '<',
    ']]>',
    '<![CDATA[',
    '<!-- -- -->',
    '<!--',
    '<?xml version="1.0"?>',
    '<!DOCTYPE a>',
  ],
  ...['\u0000', '\ufffe', many(20_000, 't'), many(3000, '&amp;'), many(3000, '<!---->'), many(3000, '<?y?>'), 'file:///etc/passwd'],
];
const DOCTYPES = [
  '<!DOCTYPE a [<!ENTITY e "x">]>',
  '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
  '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
  '<!DOCTYPE a PUBLIC "-//x" "file:///etc/passwd">',
  '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
  `<!DOCTYPE a [<!ENTITY a0 "x">${Array.from({ length: 9 }, (_, index) => `<!ENTITY a${index + 1} "${many(10, `&a${index};`)}">`).join('')}]>`,
  `<!DOCTYPE a [${many(5000, '<!--x-->')}`,
  '<!doctype a>',
  '<!DOCTYPE',
];

/** Mostly what is right, so that what is wrong is met at every depth. */
const mostly = (right: readonly string[], wrong: readonly string[], weight: number) =>
  fc.oneof({ weight, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });
const once = (...others: readonly number[]) =>
  fc.oneof({ weight: 40, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const element = fc.letrec<{ element: Drawn }>((tie) => ({
  element: fc.record({
    name: mostly(NAMES, BAD_NAMES, 30),
    attributes: fc.array(mostly(ATTRIBUTES, BAD_ATTRIBUTES, 20), { maxLength: 1 }),
    inner: fc.array(
      fc.oneof({ maxDepth: 3 }, { weight: 1, arbitrary: mostly(TEXTS, BAD_TEXTS, 10) }, { weight: 2, arbitrary: tie('element') }),
      {
        maxLength: 2,
      },
    ),
    wide: once(2, 300, 5_000, 90_000, 200_000),
    deep: once(2, 255, 257, 5_000),
  }),
})).element;

const LIMIT = 1_500_000; // characters: more than the server reads

function written({ name, attributes, inner, wide, deep }: Drawn): string {
  const start = `<${name}${attributes.join('')}>`;
  const end = `</${name}>`;
  const within = inner.map((part) => (typeof part === 'string' ? part : written(part))).join('');
  const nested = start.repeat(deep) + within + end.repeat(deep);
  return nested.repeat(Math.max(1, Math.min(wide, Math.floor(LIMIT / nested.length))));
}

/** The document elements that methods look for, with something drawn where it may stand. */
const SKELETONS: Readonly<Record<string, readonly string[]>> = {
  PROPFIND: [
    '<D:propfind xmlns:D="DAV:"><D:prop>HERE</D:prop></D:propfind>',
    '<D:propfind xmlns:D="DAV:"><D:allprop/><D:include>HERE</D:include></D:propfind>',
  ],
  PROPPATCH: [
    '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop>HERE</D:prop></D:set></D:propertyupdate>',
    '<D:propertyupdate xmlns:D="DAV:"><D:remove><D:prop>HERE</D:prop></D:remove></D:propertyupdate>',
  ],
  MKCOL: ['<D:mkcol xmlns:D="DAV:"><D:set><D:prop><D:resourcetype><D:collection/></D:resourcetype>HERE</D:prop></D:set></D:mkcol>'],
  LOCK: [
    '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>HERE</D:owner></D:lockinfo>',
    '<D:lockinfo xmlns:D="DAV:"><D:lockscope>HERE</D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>',
  ],
};

const PROLOGS = [
  ...[
    '',
    '',
    '',
    '',
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="utf-8"?>',
    '<?xml version="1.1"?>',
    '\ufeff',
    '\n<?xml version="1.0"?>',
  ],
  ...['utf-16', 'utf-32', 'UTF-16LE', 'utf-7', 'x-user-defined', 'latin1', 'ISO-8859-1', 'ebcdic', many(2000, 'x')].map(
    (name) => `<?xml version="1.0" encoding="${name}"?>`,
  ),
];

type Written = (text: string) => Buffer;
const swapped: Written = (text) => Buffer.from(text, 'utf16le').swap16();
/** UTF-32. */
const wideCharacters = (text: string) => Buffer.from(Uint32Array.from(text, (one) => one.codePointAt(0) ?? 0).buffer);
const ENCODINGS: readonly Written[] = [
  ...Array<Written>(40).fill((text) => Buffer.from(text)),
  (text) => Buffer.from(text, 'latin1'),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  (text) => swapped(`\ufeff${text}`),
  (text) => Buffer.from(text, 'utf16le'),
  swapped,
  (text) => Buffer.from(text, 'utf16le').subarray(1),
  (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xc3])]),
  (text) => Buffer.from(text).subarray(0, Math.floor(text.length / 2)),
  (text) => Buffer.concat([Buffer.from([0, 0, 0xfe, 0xff]), Buffer.from(text)]),
  (text) => wideCharacters(`\ufeff${text}`),
  (text) => wideCharacters(`\ufeff${text}`).swap32(),
  (text) => Buffer.concat([Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from([0xd8])]),
  (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xed, 0xa0, 0x80, 0xc0, 0xaf])]),
];

/** What `method` may make something of, or what no method does. */
function rootsFor(method: string): fc.Arbitrary<string> {
  const skeletons = SKELETONS[method] ?? Object.values(SKELETONS).flat();
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constantFrom(...skeletons), element).map(([outer, drawn]) => outer.replace('HERE', () => written(drawn))),
    },
    { weight: 1, arbitrary: element.map(written) },
    { weight: 1, arbitrary: joined([...TEXTS, ...BAD_TEXTS, ...DOCTYPES, '<a>', '</a>', '<a/>'], 6) },
  );
}

export function documentsFor(method: string): fc.Arbitrary<Buffer> {
  return fc
    .tuple(
      fc.constantFrom(...PROLOGS),
      fc.oneof({ weight: 15, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom(...DOCTYPES) }),
      rootsFor(method),
      fc.nat(ENCODINGS.length - 1),
    )
    .map(([prolog, doctype, root, index]) => (ENCODINGS[index] ?? Buffer.from)(prolog + doctype + root));
}
