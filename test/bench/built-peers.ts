// The two peers that are not programs of Debian: x/net/webdav is compiled, nephele comes from npm, both into a temporary folder.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Peer } from '../conformance/peer.ts';

export interface BuiltPeer extends Peer {
  readonly version: string;
}

const NEPHELE = ['nephele@1.0.0-alpha.67', '@nephele/adapter-file-system@1.0.0-alpha.61', '@nephele/authenticator-none', 'express@5'];

/** undefined: what it is built with is not installed. */
export function buildXNet(packages: readonly string[], version: string | undefined, folder: string): BuiltPeer | undefined {
  if (version === undefined) return undefined;
  const program = join(folder, 'x-net');
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOCACHE: join(folder, 'go'), GOFLAGS: '' };
  const { status, stderr } = spawnSync('go', ['build', '-o', program, join(import.meta.dirname, 'x-net.go')], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`x/net does not compile: ${stderr}`);
  return { name: 'x/net', packages, version, program, args: ({ folder, port }) => [join(folder, 'served'), `127.0.0.1:${port}`] };
}

export function buildNephele(folder: string): BuiltPeer {
  const at = join(folder, 'nephele');
  const install = ['install', '--no-audit', '--no-fund', '--prefix', at, ...NEPHELE];
  const { status, stderr } = spawnSync('npm', install, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`nephele is not to be had: ${stderr}`);
  const script = join(at, 'server.mjs');
  writeFileSync(script, NEPHELE_SCRIPT);
  const version = String(NEPHELE[0]?.split('@')[1]);
  return {
    name: 'nephele',
    packages: [],
    version,
    program: process.execPath,
    args: ({ folder, port }) => [script, join(folder, 'served'), `${port}`],
  };
}

const NEPHELE_SCRIPT = `import express from 'express';
import nephele from 'nephele';
import Adapter from '@nephele/adapter-file-system';
import Authenticator from '@nephele/authenticator-none';
const [root, port] = process.argv.slice(2);
const app = express();
app.use('/', nephele({ adapter: new Adapter({ root }), authenticator: new Authenticator() }));
app.listen(Number(port), '127.0.0.1');
`;
