// What the instructions of a PROPPATCH make of the resource, each in its turn.
import { describe, expect, test } from '@jest/globals';
import { attributesIn, changesOf, readPropertyUpdate } from '../../src/properties/proppatch-xml.ts';
import { parseXml } from '../../src/protocol/xml.ts';
import { at } from '../store/speaking.ts';

const EARLY = 'Wed, 10 Dec 2008 21:55:22 GMT';
const LATE = 'Wed, 10 Dec 2008 21:55:23 GMT';
const TIME = Date.UTC(2008, 11, 10, 21, 55, 22);

const set = (name: string, value: string) => `<D:set><D:prop><Z:${name}>${value}</Z:${name}></D:prop></D:set>`;

function instructions(body: string, namespace = 'urn:schemas-microsoft-com:') {
  const document = `<D:propertyupdate xmlns:D="DAV:" xmlns:Z="${namespace}">${body}</D:propertyupdate>`;
  return readPropertyUpdate(parseXml(Buffer.from(document), 'text/xml'), { setModified: false });
}

describe('attributesIn', () => {
  test('the last of each that has one', () => {
    const body =
      set('Win32LastModifiedTime', LATE) +
      set('Win32LastAccessTime', LATE) +
      set('Win32LastModifiedTime', EARLY) +
      set('Win32LastModifiedTime', 'now');
    expect(attributesIn(instructions(body))).toEqual({ modified: TIME, accessed: TIME + 1000 });
  });

  test('none', () => {
    expect(attributesIn(instructions(set('Win32FileAttributes', '00000020')))).toBeUndefined();
  });

  test('Z-apache-x: the x bit, of which nothing is stored', () => {
    const both = instructions(set('executable', 'F') + set('executable', ' T\n'), 'http://apache.org/dav/props/');
    expect([attributesIn(both), changesOf(both, at('/f'))]).toEqual([{ executable: true }, []]);
  });
});
