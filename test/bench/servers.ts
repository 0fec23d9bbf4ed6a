// Who is compared: the servers of the conformance suite, with what a busy server is given besides, and two more.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Peer, versionOf } from '../conformance/peer.ts';
import { PEERS } from '../conformance/peer-list.ts';
import { type BuiltPeer, buildNephele, buildXNet } from './built-peers.ts';

const ROOT = join(import.meta.dirname, '../..');
const X_NET = ['golang-golang-x-net-dev', 'golang-go'];

/** No server to pick, but what Node itself needs for the same. */
export const BARE = 'bare Node';
export const SERVERS = ['dav207', BARE, 'Apache', 'lighttpd', 'nginx', 'rclone', 'x/net', 'nephele', 'sabre/dav'] as const;
/** sabre/dav runs on PHP's own server, which is made for trying things; nephele takes more time than all others together. */
export function serversFor(quick: boolean): readonly string[] {
  return SERVERS.filter((name) => name !== 'sabre/dav' && !(quick && name === 'nephele'));
}

/** Whom it could be: a server, or the line that says how to install it. */
export function serverNamed(name: string, temporary: string): BuiltPeer | string {
  if (name === 'nephele') return buildNephele(temporary);
  if (name === 'x/net') {
    const version = versionOf({ name, packages: X_NET, program: '', args: () => [] });
    return buildXNet(X_NET, version, temporary) ?? missing(name, X_NET);
  }
  if (name === BARE) {
    const args: Peer['args'] = ({ folder, port }) => [join(import.meta.dirname, 'bare-node.js'), folder, `${port}`];
    return { name, packages: [], version: process.versions.node, program: process.execPath, args };
  }
  const peer = PEERS.find((known) => known.name === name);
  if (peer === undefined) return `there is no ${name}`;
  const version = name === 'dav207' ? String(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version) : versionOf(peer);
  return version === undefined ? missing(name, peer.packages) : { ...busy(peer), version };
}

function missing(name: string, packages: readonly string[]): string {
  return `${name} is not installed: apt-get install --no-install-recommends ${packages.join(' ')}`;
}

/** Many connections that stay open, whole trees in a listing, uploads and locks of any size and number. */
function busy(peer: Peer): Peer {
  if (peer.name === 'dav207') {
    const more = ['--depth-infinity', '--max-locks', '1000000', '--max-xml', '100M'];
    return { ...peer, args: (at) => [...peer.args(at), ...more] };
  }
  const edit = EDITS[peer.name];
  if (edit === undefined) return peer;
  return {
    ...peer,
    files: (at) => Object.fromEntries(Object.entries(peer.files?.(at) ?? {}).map(([name, text]) => [name, edit(text)])),
  };
}

const EDITS: Readonly<Record<string, (text: string) => string>> = {
  // One process of 64 threads: with one thread, the first of 32 connections would keep the others waiting.
  Apache: (text) =>
    `${text.replaceAll('mpm_prefork', 'mpm_event').replace(/^(Start|MinSpare|MaxSpare)Servers .*\n|^MaxRequestWorkers .*\n/gm, '')}${[
      'ServerLimit 1',
      'StartServers 1',
      'ThreadsPerChild 64',
      'MaxRequestWorkers 64',
      'MaxKeepAliveRequests 0',
      'DavDepthInfinity On',
      'LimitXMLRequestBody 0',
      'EnableSendfile On',
      '',
    ].join('\n')}`,
  // A file whose type it does not know gets no ETag.
  lighttpd: (text) =>
    `${text}mimetype.assign = ("" => "application/octet-stream")\nserver.max-keep-alive-requests = 1000000\nwebdav.opts = ("propfind-depth-infinity" => "enable")\n`,
  nginx: (text) =>
    text
      .replace(
        '  access_log off;\n',
        '  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  keepalive_requests 1000000;\n  client_max_body_size 0;\n',
      )
      .replace('10m;', '200m;'),
};
