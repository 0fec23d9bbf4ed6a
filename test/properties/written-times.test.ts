// Properties that set times: which values are dates, and what PROPFIND answers for them afterwards.
import { describe, expect, test } from '@jest/globals';
import { shownTime, timeSetBy } from '../../src/properties/written-times.ts';
import { parseXml } from '../../src/protocol/xml.ts';
import { serialize } from '../../src/protocol/xml-write.ts';
import type { DeadProperty } from '../../src/state/state.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { at, put, resourceAt } from '../store/speaking.ts';

/** As PROPPATCH stores it. */
function property(name: string, content: string, namespace = 'urn:schemas-microsoft-com:', attributes = ''): DeadProperty {
  const element = parseXml(Buffer.from(`<Z:${name} xmlns:Z="${namespace}"${attributes}>${content}</Z:${name}>`), 'text/xml');
  return { namespace, name, xml: serialize(element) };
}

const DATE = 'Wed, 10 Dec 2008 21:55:22 GMT';
const TIME = Date.UTC(2008, 11, 10, 21, 55, 22);

describe('timeSetBy', () => {
  test.each([
    ['Win32LastModifiedTime', { modified: TIME }],
    ['Win32LastAccessTime', { accessed: TIME }],
    ['Win32CreationTime', undefined],
    ['win32lastmodifiedtime', undefined],
  ])('%s', (name, times) => {
    expect(timeSetBy(property(name, DATE))).toEqual(times);
  });

  test('the same names in another namespace set nothing', () => {
    expect(timeSetBy(property('Win32LastModifiedTime', DATE, 'urn:x'))).toBeUndefined();
    expect(timeSetBy(property('Win32LastAccessTime', DATE, 'DAV:'))).toBeUndefined();
  });

  test.each([` ${DATE}\n`, 'Wednesday, 10-Dec-08 21:55:22 GMT', `<![CDATA[${DATE}]]>`, 'Wed, 10 Dec 2008 21&#58;55:22 GMT'])(
    '%j is a date',
    (value) => {
      expect(timeSetBy(property('Win32LastModifiedTime', value))).toEqual({ modified: TIME });
    },
  );
});

const NO_DATES = [
  '',
  ' ',
  'yesterday',
  '2008-12-10T21:55:22Z',
  'Wed, 31 Feb 2008 00:00:00 GMT',
  `<b>${DATE}</b>`,
  `${DATE}<b/>`,
  `${DATE}&amp;`,
];

describe('what is no date', () => {
  test.each([...NO_DATES, 'Mon, 01 Jan 1601 00:00:00 GMT'])('%j sets nothing, and is answered as it is', async (value) => {
    const given = property('Win32LastModifiedTime', value);
    const store = memoryStore();
    await put(store, '/f', 'x');
    expect(timeSetBy(given)).toBeUndefined();
    expect(shownTime(given, await resourceAt(store, '/f'))).toBe(given.xml);
  });
});

describe('shownTime', () => {
  test('the time the resource has, in the element that was set', async () => {
    const store = memoryStore();
    await put(store, '/f', 'x');
    await store.setAttributes(at('/f'), { modified: Date.UTC(2020, 0, 2, 3, 4, 5, 678) });
    const set = property('Win32LastModifiedTime', DATE, undefined, ' xml:lang="a&gt;b" kind="$1&lt;&gt;"');
    expect(shownTime(set, await resourceAt(store, '/f'))).toBe(set.xml.replace(DATE, 'Thu, 02 Jan 2020 03:04:05 GMT'));
  });

  test('other properties as they were set', async () => {
    const store = memoryStore();
    await put(store, '/f', 'x');
    for (const set of [property('Win32LastAccessTime', DATE), property('Win32CreationTime', DATE), property('other', DATE, 'urn:x')])
      expect(shownTime(set, await resourceAt(store, '/f'))).toBe(set.xml);
  });
});
