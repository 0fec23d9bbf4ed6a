// The growth of a cost is that of its three largest sizes; a rate costs what all of it takes.
import { expect, test } from '@jest/globals';
import { makeGrowth } from './growth.ts';

test('costs and rates are fitted, each row by itself', () => {
  const growth = makeGrowth();
  for (const size of [1, 10, 100, 1000]) {
    growth.measured('a', { name: 'COPY', unit: 's', better: 'less', size }, size === 1 ? 500 : size ** 2);
    growth.measured('b', { name: 'COPY', unit: 's', better: 'less', size }, 7);
    growth.measured('a', { name: 'GET', unit: 'MiB/s', better: 'more', size }, 3);
  }
  growth.measured('b', { name: 'GET', unit: 'MiB/s', better: 'more', size: 10 }, 3);
  expect(growth.table(['a', 'b']).split('\n').slice(2)).toEqual([
    '| COPY | 10 100 1,000 | – | 2.00 | 0.00 |',
    '| GET | 10 100 1,000 | – | 1.00 | – |',
  ]);
});
