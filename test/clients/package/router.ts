// The router inside somebody's own Express app, between other people's middleware: what the app must survive, and be told.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { curl, lock } from '../curl.ts';
import { type App, expressApp, startApp } from './app.ts';
import type { Installed } from './installed.ts';

/** Express as dav207 has it, in another copy, and of the major version before. */
const EXPRESSES = ['express', 'express-other', 'express-4'];

const MIDDLEWARE = `
  const { default: compression } = await import('compression');
  const { default: cookies } = await import('cookie-parser');
  const { default: morgan } = await import('morgan');
  app.use(morgan('logged :method :url :status', { stream: process.stderr }));
  app.use(compression({ threshold: 0 }), cookies('secret'));
  app.use(async (request, response, next) => {
    await new Promise((resolve) => setImmediate(resolve));
    response.setHeader('X-App', 'somebody');
    if (request.headers['x-intruder']) response.sendStatus(403);
    else next();
  });
`;

export function routerTests(installed: () => Installed): void {
  const apps: App[] = [];
  const host = async (lines: string, express?: string) => {
    const app = await startApp(installed(), expressApp(lines, express));
    apps.push(app);
    return app;
  };
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.end();
  });

  test.each(EXPRESSES)('%s: under a mount path every href starts with it, and the rest of the app stays as it was', async (express) => {
    const folder = await installed().fresh();
    writeFileSync(join(folder, 'a b'), '');
    const { url } = await host(
      `app.get('/', (request, response) => response.send('home'));
       app.use('/dav', webdav({ folder: ${JSON.stringify(folder)} }));
       app.use(express.json(), (request, response) => response.status(418).json(request.body));`,
      express,
    );
    expect(await hrefs(`${url}/dav`)).toEqual(['/dav/', '/dav/a%20b']);
    expect((await curl([`${url}/`])).body).toBe('home');
    expect((await curl(['-H', 'Content-Type: application/json', '-d', '{"a":1}', `${url}/david`])).body).toBe('{"a":1}');
  });

  test.each(EXPRESSES)('%s: in a router with a parameter, behind a logger, cookies, compression and a guard', async (express) => {
    const folder = await installed().fresh();
    const app = await host(
      `${MIDDLEWARE}
       const users = express.Router();
       users.use('/files', webdav({ folder: ${JSON.stringify(folder)} }));
       app.use('/users/:id', users);`,
      express,
    );
    const files = `${app.url}/users/a%20%3F/files`;
    const long = 'a line\n'.repeat(100_000);
    const put = await curl(['-T', '-', `${files}/a.txt`], { input: long });
    expect([put.status, put.headers['x-app']]).toEqual([201, 'somebody']);
    expect((await curl(['-T', '-', '-H', 'X-Intruder: 1', `${files}/b.txt`], { input: 'x' })).status).toBe(403);
    const got = await curl(['--compressed', `${files}/a.txt`]);
    expect([got.status, got.headers['content-encoding'], got.body === long]).toEqual([200, expect.stringMatching(/^(br|gzip)$/), true]);
    expect((await curl(['-r', '2-5', `${files}/a.txt`])).body).toBe('line');
    expect((await curl(['-I', `${files}/a.txt`])).headers['content-length']).toBe(String(long.length));
    await lock(`${files}/a.txt`);
    expect((await curl(['-X', 'DELETE', `${app.url}/users/7/files/a.txt`])).status).toBe(423);
    expect((await curl(['-X', 'COPY', '-H', 'Destination: /users/a%20%3f/files/c.txt', `${files}/a.txt`])).status).toBe(201);
    expect(await hrefs(files)).toEqual(['/users/a%20%3F/files/', '/users/a%20%3F/files/a.txt', '/users/a%20%3F/files/c.txt']);
    const { stderr } = await app.end();
    expect(stderr.split('\n')).toContain('logged PUT /users/a%20%3F/files/a.txt 201');
    expect(stderr).not.toMatch(/^(?!logged ).+/m);
  });

  test.each(EXPRESSES)('%s: a body parser that ran first is 500, nothing is stored, and one line names the fix', async (express) => {
    const folder = await installed().fresh();
    const app = await host(`app.use(express.json()); app.use('/dav', webdav({ folder: ${JSON.stringify(folder)} }));`, express);
    const put = (name: string, type: string) =>
      curl(['-X', 'PUT', '-H', `Content-Type: ${type}`, '-d', '{"a":1}', `${app.url}/dav/${name}`]);
    expect((await put('a.json', 'application/json')).status).toBe(500);
    expect(readdirSync(folder)).toEqual([]);
    expect((await app.end()).stderr).toMatch(/^\S+ A body parser .* Mount webdav\(\) before express\.json\(\).*\n$/);
  });

  test('what a body parser has left alone is stored', async () => {
    const folder = await installed().fresh();
    const { url } = await host(`app.use(express.json(), express.urlencoded()); app.use(webdav({ folder: ${JSON.stringify(folder)} }));`);
    expect((await curl(['-T', '-', `${url}/a.txt`], { input: 'text' })).status).toBe(201);
    expect((await curl([`${url}/a.txt`])).body).toBe('text');
  });

  test('a folder that is not there is 500 for who asks and one line for the operator, not the end of the app', async () => {
    const missing = join(await installed().fresh(), 'missing');
    const app = await host(`app.use('/dav', webdav({ folder: ${JSON.stringify(missing)} })); app.get('/', (_, r) => r.send('home'));`);
    expect((await curl([`${app.url}/`])).body).toBe('home');
    expect((await curl([`${app.url}/dav/`])).status).toBe(500);
    const [starting, asking, ...more] = (await app.end()).stderr.trim().split('\n');
    expect([starting, asking, more]).toEqual([
      expect.stringContaining('missing does not exist'),
      expect.stringMatching(/GET: .*missing does not exist/),
      [],
    ]);
    expect(existsSync(missing)).toBe(false);
  });
}

async function hrefs(url: string): Promise<string[]> {
  const { body } = await curl(['--compressed', '-X', 'PROPFIND', '-H', 'Depth: 1', url]);
  return [...body.matchAll(/<D:response><D:href>([^<]*)/g)].map((match) => match[1] ?? '').sort();
}
