// What a start loads: the time that it takes is the time that this takes.
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { BINARY } from './dav207.ts';
import { run } from './program.ts';

const ROOT = join(BINARY, '../..');
const COMMAND = join(ROOT, 'dist/cli.cjs');

/** The files that are loaded with the command, as they lie in the project. */
async function loaded(): Promise<string[]> {
  const program = `require(${JSON.stringify(COMMAND)}); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', program]);
  return (JSON.parse(stdout) as string[]).map((path) => relative(ROOT, path));
}

describe('a start', () => {
  test('loads one file of ours, and each package as its maker publishes it', async () => {
    const files = await loaded();
    expect(files.filter((file) => !file.startsWith('node_modules/'))).toEqual(['dist/cli.cjs']);
    for (const name of ['express', 'fast-xml-parser', 'lmdb', 'mime-types'])
      expect(files).toContain(relative(ROOT, createRequire(BINARY).resolve(name)));
  });

  test('does not wait for pino', async () => {
    expect((await loaded()).filter((file) => file.startsWith('node_modules/pino'))).toEqual([]);
  });

  test('names the source in the stack of a failure', async () => {
    const program = `require(${JSON.stringify(COMMAND)}).main([], { get DAV207_PORT() { throw new Error('a defect'); } })`;
    const { stderr } = await run(process.execPath, ['--input-type=commonjs', '--eval', program]);
    expect(stderr).toMatch(/at readArguments \(.*cli\.cjs:\d+:\d+\)/);
  });
});
