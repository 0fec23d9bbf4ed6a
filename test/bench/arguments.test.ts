// The command line of the benchmark says what it takes.
import { expect, test } from '@jest/globals';
import { readArguments, UsageMistake } from './arguments.ts';

const read = (...words: string[]) => readArguments(words, ['get', 'put'], ['dav207', 'Apache']);

test('everything runs at full size when nothing is said', () => {
  expect(read()).toEqual({
    quick: false,
    rows: ['get', 'put'],
    servers: undefined,
    repeats: undefined,
    scale: 1,
    patience: 30,
    disk: '/var/tmp',
  });
});

test('rows, servers, repeats and sizes are chosen', () => {
  expect(read('--rows', 'put', '--servers=apache', '--repeats', '5', '--quick', '--scale=0.1', '--disk', '/mnt')).toEqual({
    quick: true,
    rows: ['put'],
    servers: ['Apache'],
    repeats: 5,
    scale: 0.1,
    patience: 10,
    disk: '/mnt',
  });
});

test.each([[['--row', 'get']], [['--rows', 'got']], [['--repeats', '0']], [['--scale', 'x']], [['--scale']]])('%j is refused', (words) => {
  expect(() => read(...words)).toThrow(UsageMistake);
});
