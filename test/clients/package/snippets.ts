// The README's JavaScript, run where somebody would paste it, with a folder and a port of the test's own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { curl } from '../curl.ts';
import { README } from '../readme.ts';
import { startApp } from './app.ts';
import type { Installed } from './installed.ts';

const PROGRAMS = [...README.matchAll(/^```js\n(.*?)^```/gms)].map((match) => match[1] ?? '');

export function snippetTests(installed: () => Installed): void {
  test('are there', () => expect(PROGRAMS.length).toBeGreaterThan(0));

  test.each(PROGRAMS)('a program serves a folder as printed:\n%s', async (program) => {
    const folder = await installed().fresh();
    const filled = program
      .replace("'/srv/files'", JSON.stringify(folder))
      .replace(/listen\(8080(, '[^']*')?\)/, 'listen(0, "127.0.0.1", function () { console.log(this.address().port); })');
    expect([filled.includes(folder), filled.includes('this.address()')]).toEqual([true, true]);
    const base = /app\.use\('(\/\w+)'|base: '(\/\w+)'/.exec(program)?.slice(1).join('') ?? '';
    const [, name, password] = /name: '(\w+)', password: '(\w+)'/.exec(program) ?? [];
    const app = await startApp(installed(), filled);
    try {
      const user = name === undefined ? [] : ['--user', `${name}:${password}`];
      expect((await curl([...user, '-T', '-', `${app.url}${base}/notes.txt`], { input: 'a note' })).status).toBe(201);
      expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('a note');
    } finally {
      await app.end();
    }
  });
}
