// Prefer and Brief: what is understood, what is passed over, and that nothing ever throws.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePrefer } from '../../src/protocol/prefer.ts';

const nothing = { depthNoroot: false };

test.each<[string | undefined, object]>([
  [undefined, nothing],
  ['', nothing],
  ['return=minimal', { ...nothing, return: 'minimal' }],
  ['return=representation', { ...nothing, return: 'representation' }],
  ['handling=strict', { ...nothing, handling: 'strict' }],
  ['handling=lenient', { ...nothing, handling: 'lenient' }],
  ['depth-noroot', { depthNoroot: true }],
  ['Depth-NoRoot, return=minimal,handling=strict', { depthNoroot: true, return: 'minimal', handling: 'strict' }],
  ['frob, RETURN=minimal', { ...nothing, return: 'minimal' }],
  ['return="minimal"', { ...nothing, return: 'minimal' }],
  ['return="min\\imal"', { ...nothing, return: 'minimal' }],
  ['return = minimal', { ...nothing, return: 'minimal' }],
  ['return=minimal; foo="a, b"; bar', { ...nothing, return: 'minimal' }],
  ['return=minimal, return=representation', { ...nothing, return: 'minimal' }],
  ['x="a, return=minimal", handling=strict', { ...nothing, handling: 'strict' }],
  ['x="a\\", return=minimal", handling=strict', { ...nothing, handling: 'strict' }],
  ['wait=10, respond-async, handling=lenient', { ...nothing, handling: 'lenient' }],
  ['return=Minimal', nothing],
  ['return=""', nothing],
  ['return', nothing],
  ['return=bogus, return=minimal', nothing],
  ['return="minimal;x", return=minimal', nothing],
  ['return minimal', nothing],
  ['return=minimal junk', nothing],
  ['@bad, return=minimal', { ...nothing, return: 'minimal' }],
  [',,return=minimal,', { ...nothing, return: 'minimal' }],
  ['x="open, return=minimal', nothing],
  ['depth-noroot=""', { depthNoroot: true }],
  ['depth-noroot=1', nothing],
  ['__proto__=1, constructor, return=minimal', { ...nothing, return: 'minimal' }],
])('Prefer: %s (F-7240-2-a)', (prefer, preferences) => {
  expect(parsePrefer(prefer)).toEqual(preferences);
});

test.each<[string | undefined, string | undefined, object]>([
  [undefined, 't', { ...nothing, return: 'minimal' }],
  [undefined, 'T', { ...nothing, return: 'minimal' }],
  [undefined, 'f', nothing],
  [undefined, '', nothing],
  ['handling=strict', 't', { ...nothing, handling: 'strict', return: 'minimal' }],
  ['return=representation', 't', { ...nothing, return: 'representation' }],
  ['return=minimal', 'f', { ...nothing, return: 'minimal' }],
])('Prefer: %s with Brief: %s (Z-brief-a)', (prefer, brief, preferences) => {
  expect(parsePrefer(prefer, brief)).toEqual(preferences);
});

test('never throws, and reads on after rubbish', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !/["\\]|return/i.test(text)),
      (rubbish) => {
        expect(parsePrefer(`${rubbish}, return=minimal`).return).toBe('minimal');
      },
    ),
  );
  fc.assert(
    fc.property(fc.string(), fc.string(), (prefer, brief) => {
      parsePrefer(prefer, brief);
    }),
  );
});
