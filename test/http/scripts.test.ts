// What somebody uploads is looked at by others: no script in it runs as this server's own, unless the operator wants that.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { type Served, serve } from './serve.ts';

const SANDBOX = 'sandbox allow-same-origin allow-downloads';
const ACTIVE = ['p.html', 'p.HTM', 'p.shtml', 'p.xhtml', 'p.svg', 'p.xml', 'p.xsl', 'p.xslt', 'p.rss', 'p.kml'];
const PASSIVE = ['p.pdf', 'p.txt', 'p.docx', 'p.png', 'p.js', 'p.css', 'p', 'p.dtd'];

let served: Served;
afterEach(() => served.close());

/** What is said of scripts with each name, by every answer that the file is in. */
async function policies(name: string): Promise<unknown[]> {
  writeFileSync(join(served.folder, name), '<script>1</script>');
  const prefer = { Prefer: 'return=representation' };
  const replies = [
    await served.ask('GET', `/${name}`),
    await served.ask('HEAD', `/${name}`),
    await served.ask('GET', `/${name}`, { headers: { Range: 'bytes=0-3' } }),
    await served.ask('GET', `/${name}`, { headers: { Range: 'bytes=0-1,3-4' } }),
    await served.ask('PUT', `/${name}`, { headers: prefer, body: '<script>2</script>' }),
    await served.ask('COPY', `/${name}`, { headers: { ...prefer, Destination: `/copy-${name}` } }),
  ];
  for (const { headers } of replies) expect(headers['x-content-type-options']).toBe('nosniff');
  return replies.map(({ headers }) => headers['content-security-policy']);
}

test('HTML, SVG and any XML are sent for a browser to show and not to run, and nothing else is', async () => {
  served = await serve();
  for (const name of ACTIVE) expect([name, await policies(name)]).toEqual([name, Array(6).fill(SANDBOX)]);
  for (const name of PASSIVE) expect([name, await policies(name)]).toEqual([name, Array(6).fill(undefined)]);
});

test('runScripts: they run', async () => {
  served = await serve({ runScripts: true });
  for (const name of ACTIVE) expect([name, await policies(name)]).toEqual([name, Array(6).fill(undefined)]);
});
