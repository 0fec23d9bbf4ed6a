// Several routers and whole servers in one process: nothing of one shows in the other, and what is closed is free again.
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { curl, lock } from '../curl.ts';
import { type App, expressApp, startApp } from './app.ts';
import { type Installed, succeed } from './installed.ts';

const PATCH =
  '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><colour xmlns="urn:example">green</colour></D:prop></D:set></D:propertyupdate>';

export function routersTests(installed: () => Installed): void {
  let app: App | undefined;
  const host = async (source: string) => {
    app = await startApp(installed(), source);
    return app;
  };
  let one: string;
  let two: string;
  beforeEach(async () => {
    [one, two] = [await installed().fresh(), await installed().fresh()];
  });
  afterEach(async () => {
    await app?.end();
    app = undefined;
  });

  test('two folders: what is locked and described in one is neither in the other', async () => {
    const { url } = await host(
      expressApp(
        `for (const [at, folder] of ${JSON.stringify(Object.entries({ '/one': one, '/two': two }))}) app.use(at, webdav({ folder }));`,
      ),
    );
    for (const at of ['one', 'two']) expect((await curl(['-T', '-', `${url}/${at}/a.txt`], { input: at })).status).toBe(201);
    expect((await curl(['-X', 'PROPPATCH', '-H', 'Content-Type: application/xml', '-d', PATCH, `${url}/one/a.txt`])).status).toBe(207);
    const token = await lock(`${url}/one/a.txt`);
    const [first = '', second = ''] = await Promise.all(
      ['one', 'two'].map(async (at) => (await curl(['-X', 'PROPFIND', '-H', 'Depth: 0', `${url}/${at}/a.txt`])).body),
    );
    expect([first.includes(token), first.includes('green'), second.includes(token), second.includes('green')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect((await curl(['-X', 'DELETE', `${url}/one/a.txt`])).status).toBe(423);
    expect((await curl(['-X', 'DELETE', `${url}/two/a.txt`])).status).toBe(204);
    expect((await curl([`${url}/one/a.txt`])).body).toBe('one');
  });

  test.each(['COPY', 'MOVE'])('RFC 4918 §9.8.5: %s from one to another is 502, and changes neither', async (method) => {
    const { url } = await host(
      expressApp(
        `app.use('/one', webdav({ folder: ${JSON.stringify(one)} })); app.use('/two', webdav({ folder: ${JSON.stringify(two)} }));`,
      ),
    );
    expect((await curl(['-T', '-', `${url}/one/a.txt`], { input: 'one' })).status).toBe(201);
    for (const destination of ['/two/a.txt', `${url}/two/a.txt`]) {
      const { status, body } = await curl(['-X', method, '-H', `Destination: ${destination}`, `${url}/one/a.txt`]);
      expect([status, body]).toEqual([502, expect.stringContaining('/one/')]);
    }
    expect([readdirSync(one).sort(), readdirSync(two)]).toEqual([['.dav207', 'a.txt'], []]);
  });

  test('one folder: a second router is refused until the first is closed, and takes over its locks', async () => {
    const folder = JSON.stringify(one);
    const { url } = await host(
      expressApp(`
        let dav = webdav({ folder: ${folder} });
        app.use('/dav', (request, response, next) => dav(request, response, next));
        app.post('/again', async (request, response) => {
          const early = await webdav({ folder: ${folder} }).ready.then(() => 'served twice', (error) => error.message);
          await dav.close();
          dav = webdav({ folder: ${folder} });
          await dav.ready;
          response.send(early);
        });
      `),
    );
    expect((await curl(['-T', '-', `${url}/dav/a.txt`], { input: 'x' })).status).toBe(201);
    await lock(`${url}/dav/a.txt`);
    expect((await curl(['-X', 'POST', `${url}/again`])).body).toMatch(/served by this process already: close\(\)/);
    expect((await curl(['-X', 'DELETE', `${url}/dav/a.txt`])).status).toBe(423);
    expect((await curl(['-T', '-', `${url}/dav/b.txt`], { input: 'x' })).status).toBe(201);
  });

  test('createServer() is the whole thing: after its close() nothing keeps the process', async () => {
    const { url, end } = await host(`
      import { createServer } from 'dav207';
      const { server, close } = createServer({ folder: ${JSON.stringify(one)}, base: '/base', users: [{ name: 'ann', password: 'secret' }] });
      server.listen(0, '127.0.0.1', () => console.log(server.address().port));
      process.once('SIGTERM', close);
    `);
    expect((await curl([`${url}/base/`])).status).toBe(401);
    expect((await curl(['-u', 'ann:secret', '-T', '-', `${url}/base/a.txt`], { input: 'x' })).status).toBe(201);
    expect(await end()).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(`${one}/.dav207`)).not.toContain('owner');
  });

  test('require() of CommonJS has it too', async () => {
    const script = `console.log(Object.keys(require('dav207')).sort().join(' '))`;
    const args = ['--input-type=commonjs', '--eval', script];
    expect(await succeed(process.execPath, args, installed().folder)).toMatchObject({ stdout: 'createServer webdav\n', stderr: '' });
  });
}
