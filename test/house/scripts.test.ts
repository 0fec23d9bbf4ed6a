// Every test file is run by exactly one of the scripts that `npm test` runs.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };

/** The folders and parts of names that a text speaks of. */
const named = (source = '') => source.match(/test\/[\w/-]+(?!\S*\.(?:js|ts))|\.long\.test/g) ?? [];

/** Whether it runs a file, as jest understands what the scripts name. */
const runners: Record<string, (file: string) => boolean> = {
  check: among(named(scripts.check)),
  'test:unit': (file) => !among(named(scripts['test:unit']))(file),
  'test:laws': among(named(text('test/laws/run.js').match(/\bargs = \[.*/)?.[0])),
  'test:fuzz': among(named(text('test/fuzz/run.js').match(/\bargs = \[.*/)?.[0])),
  'test:http': among(named(scripts['test:http'])),
  'test:clients': among(named(scripts['test:clients'])),
};

function among(parts: readonly string[]): (file: string) => boolean {
  return (file) => parts.some((part) => file.includes(part));
}

test('npm test runs each test file once', () => {
  expect(scripts.test?.match(/(?<=npm run --silent )\S+/g)).toEqual(Object.keys(runners));
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.ts'));
  const strays = files.flatMap((name) => {
    const by = Object.keys(runners).filter((script) => runners[script]?.(`test/${name}`));
    return by.length === 1 ? [] : [`${name}: ${by.join(', ') || 'nobody'}`];
  });
  expect(strays).toEqual([]);
});
