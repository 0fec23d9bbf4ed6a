// A line of the table compares with the best peer that is right, and with no other.
import { expect, test } from '@jest/globals';
import { type Cell, type Column, lineOf } from './table.ts';

const COLUMNS: Column[] = ['dav207', 'Apache', 'x/net'].map((name) => ({ name, durable: name !== 'x/net' }));
const WITH_BARE: Column[] = [...COLUMNS, { name: 'bare Node', durable: true, bare: true }];
const cells = (...given: (number | 'wrong' | 'refuses')[]): Cell[] =>
  given.map((one) => (typeof one === 'number' ? { median: one } : { said: one }));
const LESS = { name: 'COPY', unit: 's', better: 'less', size: 5000 } as const;

test.each([
  ['the least is the best where less is better', { ...LESS }, cells(3, 2, 1.5), false, '| COPY, 5,000 | s | 0.5 | 3 | 2 | **1.5** | 2 |'],
  [
    'the most where more is',
    { ...LESS, better: 'more' } as const,
    cells(2, 3, 1),
    false,
    '| COPY, 5,000 | s | 0.5 | 2 | **3** | 1 | 1.5 |',
  ],
  ['what is wrong is not compared with', { ...LESS }, cells(3, 'wrong', 6), false, '| COPY, 5,000 | s | 0.5 | 3 | wrong | **6** | 0.5 |'],
  ['nor is what forgets its locks', { ...LESS }, cells(3, 2, 1), true, '| COPY, 5,000 | s | 0.5 | 3 | **2** | 1 | 1.5 |'],
  ['nobody is right', { ...LESS }, cells(3, 'wrong', 'refuses'), false, '| COPY, 5,000 | s | 0.5 | 3 | wrong | refuses |  |'],
  ['this one is wrong', { ...LESS }, cells('wrong', 2, 1), false, '| COPY, 5,000 | s | 0.5 | wrong | 2 | **1** |  |'],
])('%s', (_what, figure, given, durable, line) => {
  expect(lineOf(figure, COLUMNS, given, 0.5, durable)).toBe(line);
});

test("nor is what is nobody's server", () => {
  expect(lineOf(LESS, WITH_BARE, cells(3, 2, 1.5, 1), 0.5)).toBe('| COPY, 5,000 | s | 0.5 | 3 | 2 | **1.5** | 1 | 2 |');
});
