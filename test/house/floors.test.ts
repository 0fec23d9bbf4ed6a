// Holds the house to its floors: a file imports from lower rooms only, and the outside libraries have one door each.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const SRC = join(import.meta.dirname, '../../src');
const TEST = join(import.meta.dirname, '..');
const FLOORS = [
  ['protocol'],
  ['store', 'state', 'accounts'],
  ['locks'],
  ['properties', 'browser'],
  ['operations'],
  ['methods'],
  ['server'],
  [''],
];
const DOORS: Readonly<Record<string, RegExp>> = {
  express: /^server\//,
  'node:fs': /^(store\/filesystem|state\/(lmdb|state-owner)|server\/tls)/,
  'node:fs/promises': /^store\/filesystem/,
  'fast-xml-parser': /^protocol\/xml/,
  lmdb: /^state\/lmdb(-tables)?\.ts$/,
  pino: /^server\/log-json\.ts$/,
};

/** Older than the rule. */
const LONG = ['test/protocol/path.test.ts', 'test/store/filesystem.test.ts'];

const sourcesIn = (root: string) => readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]s$/.test(name));
const files = sourcesIn(SRC).filter((name) => name.endsWith('.ts'));
const imports = files.map((file) => {
  const found = [...readFileSync(join(SRC, file), 'utf8').matchAll(/(?:from |import |import\()'([^']+)'/g)].map((match) => match[1] ?? '');
  return { file, local: found.filter((name) => name.startsWith('.')), outside: found.filter((name) => !name.startsWith('.')) };
});

const roomOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : '');
const floorOf = (file: string) => FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)));
const resolved = (file: string, name: string) => relative(SRC, join(SRC, file, '..', name));

describe('the house', () => {
  test('has every room on a floor', () => {
    expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
  });

  test('is only climbed downwards', () => {
    const climbing = imports.flatMap(({ file, local }) =>
      local
        .filter((name) => roomOf(resolved(file, name)) !== roomOf(file) && floorOf(resolved(file, name)) >= floorOf(file))
        .map((name) => `${file} -> ${name}`),
    );
    expect(climbing).toEqual([]);
  });

  test('has no circle of imports', () => {
    const graph = new Map(imports.map(({ file, local }) => [file, local.map((name) => resolved(file, name))]));
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
      else if (!done.has(file)) for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  test('lets each library in by its own door', () => {
    const strays = imports.flatMap(({ file, outside }) =>
      outside.filter((name) => DOORS[name] && !DOORS[name].test(file)).map((name) => `${file} -> ${name}`),
    );
    expect(strays).toEqual([]);
  });

  test('says in the first line of each file what it is for, and keeps files small', () => {
    const all = [SRC, TEST].flatMap((root) => sourcesIn(root).map((file) => join(root, file)));
    const lines = all.map((path) => ({ file: relative(join(SRC, '..'), path), text: readFileSync(path, 'utf8').trimEnd().split('\n') }));
    expect(lines.filter(({ text }) => !text[0]?.startsWith('// ')).map(({ file }) => file)).toEqual([]);
    expect(lines.filter(({ file, text }) => text.length > 250 && !LONG.includes(file)).map(({ file }) => file)).toEqual([]);
  });
});
