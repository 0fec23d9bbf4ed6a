// Live properties of resources that a disk here does not have: what the store does not know is not there.
import { expect, test } from '@jest/globals';
import { allLiveProperties, type Facts, liveNames, livePropertyOf } from '../../src/properties/live.ts';
import { type Path, ROOT } from '../../src/protocol/path.ts';
import type { Resource } from '../../src/store/store.ts';

function factsOf(changes: Partial<Resource>): Facts {
  const resource: Resource = {
    ...{ path: ROOT, collection: true, link: false, size: 0, etag: '"1"', modified: 0, created: 981_173_106_789, identity: '' },
    executable: undefined,
    ...changes,
  };
  return { resource, locks: [], viewer: { principal: '', base: '', now: 0 }, space: undefined };
}

test('D-15.1: creationdate is there in whole seconds, or, where no store keeps it, not at all', () => {
  expect(livePropertyOf('DAV: creationdate')?.(factsOf({}))).toBe('<D:creationdate>2001-02-03T04:05:06Z</D:creationdate>');
  const unknown = factsOf({ created: undefined });
  expect(livePropertyOf('DAV: creationdate')?.(unknown)).toBeUndefined();
  expect([allLiveProperties(unknown).includes('creationdate'), liveNames(unknown).some(({ name }) => name === 'creationdate')]).toEqual([
    false,
    false,
  ]);
});

test('Q-3-a: quota is there only where the space is known', () => {
  expect(livePropertyOf('DAV: quota-used-bytes')?.(factsOf({}))).toBeUndefined();
  expect(livePropertyOf('DAV: quota-used-bytes')?.({ ...factsOf({}), space: { available: 1, used: 2 } })).toBe(
    '<D:quota-used-bytes>2</D:quota-used-bytes>',
  );
});

test('each member has its own values, whatever those before it have', () => {
  const [length, type] = ['getcontentlength', 'getcontenttype'].map((name) => livePropertyOf(`DAV: ${name}`));
  const members = ['a.txt', 'b.txt', 'c.txt', 'd.html', 'e', 'f.txt'].map((name, index) =>
    factsOf({ path: `/${name}` as Path, collection: false, size: index >> 1 }),
  );
  expect(members.map((facts) => length?.(facts))).toEqual(
    [0, 0, 1, 1, 2, 2].map((size) => `<D:getcontentlength>${size}</D:getcontentlength>`),
  );
  const [text, html, other] = ['text/plain; charset=utf-8', 'text/html; charset=utf-8', 'application/octet-stream'];
  expect(members.map((facts) => type?.(facts))).toEqual(
    [text, text, text, html, other, text].map((name) => `<D:getcontenttype>${name}</D:getcontenttype>`),
  );
});
