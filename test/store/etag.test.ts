// Entity-tags on a coarse clock and with inodes used again: the stats are made up here, tick by tick.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Etags, identityOf, makeEtags, type Stamp } from '../../src/store/etag.ts';

const TICK = 4_000_000n; // nanoseconds: a kernel at 250 Hz

function stamp(changes: Partial<Stamp> = {}): Stamp {
  return { dev: 1n, ino: 10n, size: 5n, mtimeNs: 100n * TICK, ctimeNs: 100n * TICK, ...changes };
}

describe('the tag', () => {
  test('H-8.8.3-a: is strong, quoted, and without backslash or space', () => {
    expect(makeEtags().tag(stamp())).toMatch(/^"[A-Za-z0-9_-]{22}"$/);
  });

  test.each(['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const)('changes with %s', (number) => {
    const etags = makeEtags();
    expect(etags.tag(stamp({ [number]: 11n }))).not.toBe(etags.tag(stamp()));
  });

  test.each(['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const)('changes with %s, however large it is', (number) => {
    const etags = makeEtags();
    const large = 2n ** 63n;
    expect(etags.tag(stamp({ [number]: large + 1n }))).not.toBe(etags.tag(stamp({ [number]: large })));
  });

  test('is the same for the same numbers in every process, and long after', () => {
    const writer = makeEtags();
    writer.written(stamp());
    expect(writer.tag(stamp())).toBe(makeEtags().tag(stamp()));
    expect(writer.tag(stamp())).toBe(writer.tag(stamp()));
  });
});

describe('D-08.8-a: two writes within one tick', () => {
  test('with the inode used again differ, although all numbers are equal', () => {
    const etags = makeEtags();
    const tags = new Set<string>();
    for (let round = 0; round < 5; round++) {
      etags.written(stamp());
      tags.add(etags.tag(stamp()));
    }
    expect(tags.size).toBe(5);
  });

  test('differ also when the second is renamed to its place, and when the first was removed', () => {
    const etags = makeEtags();
    etags.written(stamp());
    etags.touched(stamp());
    const first = etags.tag(stamp());
    etags.touched(stamp());
    etags.written(stamp());
    etags.touched(stamp());
    expect(etags.tag(stamp())).not.toBe(first);
  });

  test('differ when the file that was there came from elsewhere and only its removal was ours', () => {
    const etags = makeEtags();
    const theirs = etags.tag(stamp());
    etags.touched(stamp());
    etags.written(stamp());
    expect(etags.tag(stamp())).not.toBe(theirs);
  });

  test('differ when nobody told of its removal, whoever wrote what was there, if its tag was told within a moment', () => {
    let now = 100 * Number(TICK) * 1e-6;
    const etags = makeEtags(10, () => now);
    for (const told of ['at once', 'again']) {
      const theirs = etags.tag(stamp());
      etags.written(stamp());
      expect([told, etags.tag(stamp())]).not.toEqual([told, theirs]);
    }
    now += 2000; // what is written from now on has another ctime
    for (let ino = 20n; ino < 40n; ino++) etags.tag(stamp({ ino }));
    expect(etags.tag(stamp())).not.toBe(makeEtags().tag(stamp()));
  });

  test('differ also when the numbers of what was there before are told once more', () => {
    const etags = makeEtags(10, () => 0);
    const later = stamp({ ctimeNs: 101n * TICK });
    etags.written(stamp());
    for (const each of [later, later]) etags.written(each);
    const tag = etags.tag(later);
    etags.tag(stamp());
    expect(etags.tag(later)).toBe(tag);
  });

  test('keep their tag for as long as the ctime stays', () => {
    const etags = makeEtags();
    etags.written(stamp());
    etags.written(stamp());
    const tag = etags.tag(stamp());
    etags.written(stamp({ ino: 11n, ctimeNs: 10_000n * TICK }));
    expect(etags.tag(stamp())).toBe(tag);
    expect(etags.tag(stamp({ ctimeNs: 300n * TICK }))).toBe(makeEtags().tag(stamp({ ctimeNs: 300n * TICK })));
  });
});

describe('D-08.6-a: a new mode and nothing else', () => {
  const later = stamp({ ctimeNs: 300n * TICK });

  test('leaves the tag as it was, again and again', () => {
    const etags = makeEtags();
    etags.written(stamp());
    etags.written(stamp());
    const tag = etags.tag(stamp());
    etags.kept(stamp(), later);
    expect(etags.tag(later)).toBe(tag);
    etags.kept(later, later);
    etags.kept(later, stamp({ ctimeNs: 400n * TICK }));
    expect(etags.tag(stamp({ ctimeNs: 400n * TICK }))).toBe(tag);
  });

  test('leaves that of a file which came from elsewhere', () => {
    const etags = makeEtags();
    const tag = etags.tag(stamp());
    etags.kept(stamp(), later);
    expect(etags.tag(later)).toBe(tag);
  });

  test('and what is written then, or changed by others, has its own', () => {
    const etags = makeEtags();
    const tags = new Set([etags.tag(stamp())]);
    etags.kept(stamp(), later);
    tags.add(etags.tag({ ...later, size: 6n }));
    tags.add(etags.tag({ ...later, mtimeNs: later.ctimeNs }));
    tags.add(etags.tag({ ...later, ctimeNs: 400n * TICK }));
    etags.written(later);
    tags.add(etags.tag(later));
    expect(tags.size).toBe(5);
  });
});

test('a later write starts at 0 again: its tag needs no memory', () => {
  const etags = makeEtags();
  etags.written(stamp());
  etags.written(stamp());
  const later = stamp({ ctimeNs: 103n * TICK });
  etags.written(later);
  expect(etags.tag(later)).toBe(makeEtags().tag(later));
});

test('what is remembered is bounded, and the newest stays', () => {
  const etags = makeEtags(10);
  for (let ino = 0n; ino < 20n; ino++) {
    etags.written(stamp({ ino }));
    etags.written(stamp({ ino }));
  }
  const remembered = Array.from({ length: 20 }, (_, ino) => stamp({ ino: BigInt(ino) })).map(
    (each) => etags.tag(each) !== makeEtags().tag(each),
  );
  expect(remembered).toEqual([...Array(10).fill(false), ...Array(10).fill(true)]);
});

test('what has a count outlasts what was only told, or written once', () => {
  const etags = makeEtags(16, () => 0);
  for (const _ of ['before', 'now']) etags.written(stamp());
  const tag = etags.tag(stamp());
  for (let ino = 20n; ino < 60n; ino++) etags.tag(stamp({ ino }));
  for (let ino = 60n; ino < 100n; ino++) etags.written(stamp({ ino }));
  expect(etags.tag(stamp())).toBe(tag);
});

test('whatever the order of writes, renames and ticks, no tag is given to two contents', () => {
  // A tiny file system: three inodes, a clock in ticks, an mtime that clients may set, and others that write. Of what is removed nothing is told.
  const step = fc.record({
    ino: fc.bigInt(0n, 2n),
    ticks: fc.bigInt(0n, 2n),
    set: fc.boolean(),
    renamed: fc.bigInt(0n, 2n),
    others: fc.bigInt(0n, 2n),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (writes) => {
      let now = 1000n;
      const etags = makeEtags(undefined, () => Number(now * TICK) / 1e6);
      const given = new Set<string>();
      for (const { ino, ticks, set, renamed, others } of writes) {
        now += ticks;
        const mtimeNs = set ? 7n : now * TICK;
        if (others > 0n) {
          // Theirs come in a tick of their own: two in one cannot be told apart.
          now += others;
          given.add(etags.tag(stamp({ ino, mtimeNs, ctimeNs: now * TICK })));
        }
        etags.written(stamp({ ino, mtimeNs, ctimeNs: now * TICK }));
        now += renamed;
        const placed = stamp({ ino, mtimeNs, ctimeNs: now * TICK });
        etags.touched(placed);
        const tag = etags.tag(placed);
        expect(given.has(tag)).toBe(false);
        given.add(tag);
      }
    }),
    { numRuns: 300 },
  );
});

describe('by its numbers as they are hashed', () => {
  const hashed = ({ dev, ino, size, mtimeNs, ctimeNs }: Stamp) =>
    new Uint8Array(new BigInt64Array([dev, ino, size, mtimeNs, ctimeNs, 0n]).buffer);
  const tagBy = (etags: Etags, of: Stamp) => etags.tagBy(hashed(of), identityOf(of), Number(of.ctimeNs) / 1e6);

  test('a tag is the same', () => {
    const etags = makeEtags();
    expect(tagBy(etags, stamp())).toBe(etags.tag(stamp()));
  });

  test('none is given of what was written, or changed a moment ago: that one is to be remembered', () => {
    const etags = makeEtags(10, () => Number(100n * TICK) / 1e6);
    expect(tagBy(etags, stamp())).toBeUndefined();
    const long = stamp({ ctimeNs: -200n * TICK });
    expect(tagBy(etags, long)).toBe(etags.tag(long));
    etags.written(long);
    expect(tagBy(etags, long)).toBeUndefined();
  });
});
