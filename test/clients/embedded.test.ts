// The built router inside somebody else's Express app, in a process of its own: what that app must survive, and what it must be told.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Running, run, start } from './program.ts';

const ROOT = join(import.meta.dirname, '../..');
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'dav207-embedded-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** An app that prints its port, with `middle` between Express and dav207. */
async function host(name: string, folder: string, middle = ''): Promise<Running & { readonly url: string }> {
  const script = join(ROOT, `node_modules/.dav207-${name}.mjs`);
  writeFileSync(
    script,
    `import express from 'express';
     import { webdav } from '${join(ROOT, 'dist/index.js')}';
     const app = express();
     ${middle}
     app.use('/dav', webdav({ folder: ${JSON.stringify(folder)}, log: { request() {}, error: (sentence) => console.error(sentence) } }));
     const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));`,
  );
  const running = await start(process.execPath, [script], { timeout: 30_000 });
  const lines = createInterface({ input: running.child.stdout ?? Readable.from([]) });
  const port = await new Promise<string>((resolve) => lines.once('line', resolve));
  running.done.finally(() => rmSync(script, { force: true }));
  return { ...running, url: `http://127.0.0.1:${port}/dav/` };
}

test('a folder that is not there is 500 for who asks and one line for the operator, not the end of the app', async () => {
  const app = await host('missing', join(home, 'missing'));
  const { stdout } = await run('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', app.url]);
  app.child.kill('SIGTERM');
  expect([stdout, (await app.done).stderr]).toEqual(['500', expect.stringContaining('missing does not exist')]);
});

test('a body parser that ran first is 500, nothing is stored, and the log names the fix', async () => {
  const folder = mkdtempSync(join(home, 'eaten-'));
  const app = await host('eaten', folder, 'app.use(express.json());');
  const args = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-X', 'PUT', '-H', 'Content-Type: application/json', '-d', '{"a":1}'];
  const { stdout } = await run('curl', [...args, `${app.url}a.json`]);
  app.child.kill('SIGTERM');
  expect([stdout, readdirSync(folder), (await app.done).stderr]).toEqual(['500', [], expect.stringContaining('before express.json()')]);
});

test('under a mount path every href starts with it', async () => {
  const folder = mkdtempSync(join(home, 'mounted-'));
  writeFileSync(join(folder, 'a b'), '');
  const app = await host('mounted', folder);
  const { stdout } = await run('curl', ['-s', '-X', 'PROPFIND', '-H', 'Depth: 1', app.url]);
  app.child.kill('SIGTERM');
  await app.done;
  expect([...stdout.matchAll(/<D:href>([^<]*)/g)].map((match) => match[1])).toEqual(['/dav/', '/dav/a%20b']);
});
