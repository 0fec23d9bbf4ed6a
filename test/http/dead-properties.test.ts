// Dead properties over real HTTP: what PROPPATCH stores is what PROPFIND gives back, as an infoset (RFC 4918 §4.3, §4.4).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseXml } from '../../src/protocol/xml.ts';
import { elementsOf } from '../../src/protocol/xml-element.ts';
import { escapeAttribute } from '../../src/protocol/xml-write.ts';
import { nameOf } from '../shape/element-shape.ts';
import { infoset, onlyRow, outcomesOf, propertyIn, rowAt } from './multistatus-reader.ts';
import { find, freshFiles, patch, prop, remove, set } from './properties.ts';
import { type Served, serve } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served.close());

const fresh = freshFiles(() => served);

const XML = { 'Content-Type': 'application/xml' };

/** Sends a whole PROPPATCH document; gives the one property it set, as sent and as each kind of PROPFIND gives it back. */
async function roundTrip(document: string) {
  const target = fresh();
  const sent = elementsOf(elementsOf(elementsOf(parseXml(Buffer.from(document)))[0] as never)[0] as never)[0];
  if (!sent) throw new Error('no property');
  expect(outcomesOf(onlyRow(await served.ask('PROPPATCH', target, { headers: XML, body: document })))).toEqual({ 200: [nameOf(sent)] });
  const asked = sent.namespace === '' ? `<${sent.name} xmlns=""/>` : `<q:${sent.name} xmlns:q="${escapeAttribute(sent.namespace)}"/>`;
  const named = propertyIn(onlyRow(await find(served, target, prop(asked))), sent.namespace, sent.name);
  const all = propertyIn(onlyRow(await find(served, target, '<D:allprop/>')), sent.namespace, sent.name);
  const member = propertyIn(rowAt(await find(served, '/', prop(asked), { Depth: '1' }), target), sent.namespace, sent.name);
  expect(infoset(all)).toEqual(infoset(named));
  expect(infoset(member)).toEqual(infoset(named));
  return { sent, back: named };
}

const update = (property: string, attributes = '') =>
  `<D:propertyupdate xmlns:D="DAV:" ${attributes}><D:set><D:prop>${property}</D:prop></D:set></D:propertyupdate>`;

describe('values', () => {
  test.each([
    ['text, elements and both', '<x:a xmlns:x="urn:x">one<x:b>two<x:c/></x:b>three <x:b/>four</x:a>'],
    ['blanks at the ends and between', '<x:a xmlns:x="urn:x">  a \n b\t<x:b> </x:b>  </x:a>'],
    ['only white space', '<x:a xmlns:x="urn:x"> \n </x:a>'],
    ['a carriage return written as a reference', '<x:a xmlns:x="urn:x" r="&#13;&#10;&#9;">1&#13;2&#xD;&#10;3</x:a>'],
    ['characters beyond the first plane', '<x:a xmlns:x="urn:x" v="&#x10FFFF;">\u{10000}\u{1F600}</x:a>'],
    ['CDATA and markup characters', '<x:a xmlns:x="urn:x" v="&lt;&quot;&amp;">&lt;b&gt; &amp;amp; <![CDATA[<x>&]]>]]&gt;</x:a>'],
    ['attributes with and without a namespace', '<x:a xmlns:x="urn:x" xmlns:y="urn:y" v="0" y:v="1" x:v="2"><y:b y:v="3"/></x:a>'],
    ['a prefix bound anew inside', '<x:a xmlns:x="urn:x"><x:b xmlns:x="urn:other"><x:c/></x:b><x:d/></x:a>'],
    ['a default namespace set and taken back', '<a xmlns="urn:d"><b xmlns=""><c/></b><d/></a>'],
    ['the prefix D for something else', '<D:a xmlns:D="urn:not-dav"><D:b/></D:a>'],
    ['elements of DAV: inside', '<x:a xmlns:x="urn:x"><D:href>/p</D:href><D:status>HTTP/1.1 500</D:status></x:a>'],
    ['a property of DAV:', '<D:unknown><D:b/>text</D:unknown>'],
    ['a name without a namespace', '<a xmlns="" v="1"><b/>text</a>'],
    ['names that mean something to JavaScript', '<x:__proto__ xmlns:x="urn:x" constructor="1"><toString/></x:__proto__>'],
    ['names beyond ASCII', '<x:größe xmlns:x="urn:ü?a&amp;b"><x:名/></x:größe>'],
    ['nothing', '<x:a xmlns:x="urn:x"/>'],
  ])('D-04.3-a, D-04.3-c, D-04.4-a: %s', async (_, property) => {
    const { sent, back } = await roundTrip(update(property));
    expect(infoset(back)).toEqual(infoset(sent));
  });

  test('D-04.3-e: xml:space changes nothing', async () => {
    const plain = await roundTrip(update('<x:a xmlns:x="urn:x">  a \n b </x:a>'));
    const spaced = await roundTrip(update('<x:a xmlns:x="urn:x" xml:space="default">  a \n b </x:a>', 'xml:space="default"'));
    expect(spaced.back.children).toEqual(['  a \n b ']);
    expect(spaced.back.children).toEqual(plain.back.children);
  });

  test('D-04.3-d: prefixes in attribute values and text stay bound', async () => {
    const { back } = await roundTrip(
      update(
        '<x:p xmlns:x="urn:x" ref="a:b" xmlns:c="urn:c">c:name<x:q type="d:t">e:f</x:q></x:p>',
        'xmlns:a="urn:a" xmlns:d="urn:d" xmlns:e="urn:e"',
      ),
    );
    expect(['a', 'c', 'd', 'e'].map((prefix) => back.scope.get(prefix))).toEqual(['urn:a', 'urn:c', 'urn:d', 'urn:e']);
  });

  test('D-04.3-f: comments and processing instructions do not split text', async () => {
    const { back } = await roundTrip(update('<x:a xmlns:x="urn:x">one<!-- and -->two<?pi x?>three</x:a>'));
    expect(back.children).toEqual(['onetwothree']);
  });
});

describe('xml:lang', () => {
  const X = 'xmlns:D="DAV:" xmlns:x="urn:x"';
  test.each([
    ['propertyupdate', `<D:propertyupdate ${X} xml:lang="de"><D:set><D:prop><x:a>1</x:a></D:prop></D:set></D:propertyupdate>`, 'de'],
    ['set', `<D:propertyupdate ${X} xml:lang="en"><D:set xml:lang="de"><D:prop><x:a>1</x:a></D:prop></D:set></D:propertyupdate>`, 'de'],
    ['prop', `<D:propertyupdate ${X}><D:set><D:prop xml:lang="de-CH"><x:a>1</x:a></D:prop></D:set></D:propertyupdate>`, 'de-CH'],
    [
      'the property',
      `<D:propertyupdate ${X} xml:lang="en"><D:set><D:prop><x:a xml:lang="fr">1</x:a></D:prop></D:set></D:propertyupdate>`,
      'fr',
    ],
    ['nowhere', `<D:propertyupdate ${X}><D:set><D:prop><x:a>1</x:a></D:prop></D:set></D:propertyupdate>`, undefined],
    [
      'prop, and taken back',
      `<D:propertyupdate ${X}><D:set><D:prop xml:lang="de"><x:a xml:lang="">1</x:a></D:prop></D:set></D:propertyupdate>`,
      undefined,
    ],
  ])('D-04.3-b, D-09.2-g: declared on %s', async (_, document, lang) => {
    expect((await roundTrip(document)).back.lang).toBe(lang);
  });

  test('D-04.3-b: one on an element inside stays there', async () => {
    const { back } = await roundTrip(update('<x:a xmlns:x="urn:x"><x:b xml:lang="fr">deux</x:b>two</x:a>', 'xml:lang="en"'));
    expect([back.lang, elementsOf(back)[0]?.lang]).toEqual(['en', 'fr']);
  });

  test('D-04.3-g: another language replaces the whole property', async () => {
    const target = fresh();
    await patch(served, target, set('<x:a xml:lang="en">colour<x:more/></x:a>'));
    await patch(served, target, set('<x:a xml:lang="de">Farbe</x:a>'));
    const back = propertyIn(onlyRow(await find(served, target, prop('<x:a/>'))), 'urn:x', 'a');
    expect([back.lang, back.children]).toEqual(['de', ['Farbe']]);
  });
});

describe('names', () => {
  test('D-04.4-a: a name is its namespace and its local name', async () => {
    const target = fresh();
    const sent = '<n xmlns="urn:a">a</n><n xmlns="urn:b">b</n><n xmlns="">none</n><D:n>dav</D:n><N xmlns="urn:a">case</N>';
    await patch(served, target, set(sent));
    const names = ['{DAV:}n', '{urn:a}N', '{urn:a}n', '{urn:b}n', '{}n'];
    const row = onlyRow(await find(served, target, prop('<n xmlns="urn:a"/><n xmlns="urn:b"/><n xmlns=""/><D:n/><N xmlns="urn:a"/>')));
    expect(outcomesOf(row)).toEqual({ 200: names });
    expect(row.propstats[0]?.properties.map(({ children }) => children[0])).toEqual(['a', 'b', 'none', 'dav', 'case']);
    expect(outcomesOf(onlyRow(await find(served, target, '<D:propname/>')))[200]).toEqual(expect.arrayContaining(names));
    await patch(served, target, remove('<n xmlns=""/>'));
    expect(outcomesOf(onlyRow(await find(served, target, prop('<n xmlns="urn:a"/><n xmlns=""/>'))))).toEqual({
      200: ['{urn:a}n'],
      404: ['{}n'],
    });
  });

  test('D-04.3-h: an empty property is there, an absent one is not', async () => {
    const target = fresh();
    await patch(served, target, set('<x:e/>'));
    expect(outcomesOf(onlyRow(await find(served, target, prop('<x:e/><x:never/>'))))).toEqual({ 200: ['{urn:x}e'], 404: ['{urn:x}never'] });
  });
});

test('D-15-c, D-15.2: COPY and MOVE take the dead properties along, and no live one becomes dead', async () => {
  mkdirSync(join(served.folder, 'c'));
  const target = fresh();
  await patch(served, target, set('<x:a>1</x:a><D:displayname>Name</D:displayname>'));
  const dead = ['{DAV:}displayname', '{urn:x}a'];
  const names = outcomesOf(onlyRow(await find(served, target, '<D:propname/>')));
  expect((await served.ask('COPY', target, { headers: { Destination: '/c/copy.txt' } })).status).toBe(201);
  expect((await served.ask('MOVE', target, { headers: { Destination: '/c/moved.txt' } })).status).toBe(201);
  for (const there of ['/c/copy.txt', '/c/moved.txt']) {
    expect(outcomesOf(onlyRow(await find(served, there, '<D:propname/>')))).toEqual(names);
    const etag = propertyIn(onlyRow(await find(served, there, prop('<D:getetag/>'))), 'DAV:', 'getetag').children;
    expect(etag).toEqual([(await served.ask('HEAD', there)).headers.etag]);
  }
  writeFileSync(join(served.folder, target), 'again');
  const again = outcomesOf(onlyRow(await find(served, target, '<D:allprop/>')))[200];
  expect(dead.filter((name) => again?.includes(name))).toEqual([]);
});
