// The declarations, as strict people compile against them: each way of resolving modules, old and new compilers, our files checked too.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { run } from '../program.ts';
import type { Installed } from './installed.ts';

/** What may be written, and (each below an `@ts-expect-error`) what may not. */
const PROGRAM = `
import { createServer, type DavServer, type Log, type ServerOptions, type User, type Webdav, webdav, type WebdavOptions } from 'dav207';

const users: readonly User[] = [{ name: 'ann', password: 'secret' }];
const log: Log = {
  request: (method, url, status, milliseconds) => void [method.length, url.length, status.toFixed(), milliseconds.toFixed()],
  error: (sentence, cause) => void [sentence.length, cause],
  warn: (sentence) => void sentence.length,
};
const quiet: Log = { request() {}, error() {} };
const options: WebdavOptions = { folder: '.', state: '../state', users, log, readOnly: true, depthInfinity: false, setModified: true, runScripts: true, cors: ['*'] };
const more: ServerOptions = { base: '/dav', tls: { cert: 'PEM', key: Buffer.from('PEM') } };
const whole: DavServer = createServer({ ...options, ...more });
whole.server.listen(8080, '127.0.0.1').address();
export const dav: Webdav = webdav(options);
webdav({ folder: '.', log: quiet });
const absent = { state: undefined, users: undefined, cors: undefined, log: undefined, readOnly: undefined, setModified: undefined };
createServer({ folder: '.', ...absent, base: undefined, tls: undefined });
const done: Promise<void>[] = [dav.ready, dav.close(), whole.close(), whole.dav.ready];
await Promise.all(done);

// @ts-expect-error no folder
webdav({});
// @ts-expect-error readOnly is spelt otherwise
webdav({ folder: '.', readonly: true });
// @ts-expect-error a folder is a path
webdav({ folder: 7 });
// @ts-expect-error a user has a password
webdav({ folder: '.', users: [{ name: 'ann' }] });
// @ts-expect-error a router is mounted by the app
webdav({ folder: '.', base: '/dav' });
// @ts-expect-error a certificate has a key
createServer({ folder: '.', tls: { cert: 'PEM' } });
// @ts-expect-error nothing here is any
dav.nothing;
// @ts-expect-error nor here
whole.server.nothing;
`;

const WITH_EXPRESS = `
import express, { Router } from 'express';
import { dav } from './program.js';

const inner = Router({ mergeParams: true });
inner.use('/files', dav);
express().use(dav).use('/dav', dav).use('/users/:id', inner).get('/file', dav);
`;

const MODULES = { nodenext: 'nodenext', bundler: 'esnext' } as const;

const CASES = [
  { compiler: 'typescript', mode: 'nodenext' },
  { compiler: 'typescript', mode: 'bundler' },
  { compiler: 'typescript-5', mode: 'nodenext' },
] as const;

export function typesTests(installed: () => Installed): void {
  describe.each(CASES)('$compiler, $mode', ({ mode, compiler }) => {
    test('with Express', async () => {
      const project = join(installed().folder, `typed-${compiler}-${mode}`);
      await writeProject(project, mode, { 'program.ts': PROGRAM, 'app.ts': WITH_EXPRESS });
      for (const skipLibCheck of [true, false]) expect(await compile(installed(), compiler, project, skipLibCheck)).toBe('');
    });

    test('with nothing but the types of Node', async () => {
      const project = await installed().fresh();
      const modules = ['dav207', '@types/node', 'undici-types'];
      // Copies: through a link the compiler would find what stands beside the original.
      for (const name of modules)
        await cp(join(installed().folder, 'node_modules', name), join(project, 'node_modules', name), { recursive: true });
      await writeProject(project, mode, { 'program.ts': PROGRAM });
      expect(await compile(installed(), compiler, project, false)).toBe('');
    });
  });
}

async function writeProject(project: string, mode: keyof typeof MODULES, files: Readonly<Record<string, string>>): Promise<void> {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true };
  const target = { target: 'es2022', lib: ['es2022'], module: MODULES[mode], moduleResolution: mode, types: [], noEmit: true };
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "type": "module" }\n');
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...strict, ...target, esModuleInterop: true }, files: Object.keys(files) }),
  );
  for (const [name, source] of Object.entries(files)) await writeFile(join(project, name), source);
}

/** What the compiler complains of. */
async function compile({ folder }: Installed, compiler: string, project: string, skipLibCheck: boolean): Promise<string> {
  const tsc = join(folder, 'node_modules', compiler, 'bin/tsc');
  const { status, stdout, stderr } = await run(process.execPath, [tsc, '--project', project, '--skipLibCheck', String(skipLibCheck)]);
  return status === 0 ? '' : `${stdout}${stderr}`;
}
