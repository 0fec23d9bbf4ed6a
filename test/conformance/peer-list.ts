// The servers that are compared, each configured as its manual has it: everybody may do everything, on loopback.
import { join } from 'node:path';
import type { Peer } from './peer.ts';

const ROOT = join(import.meta.dirname, '../..');

export const PEERS: readonly Peer[] = [
  {
    name: 'dav207',
    packages: [],
    program: process.execPath,
    args: ({ folder, port }) => [join(ROOT, 'bin/dav207.js'), join(folder, 'served'), '--port', `${port}`, '--log-format', 'none'],
  },
  {
    name: 'Apache',
    packages: ['apache2'],
    program: 'apache2',
    files: ({ folder, port }) => ({ 'apache.conf': apacheConf(folder, port) }),
    args: ({ folder }) => ['-D', 'FOREGROUND', '-f', join(folder, 'apache.conf')],
  },
  {
    name: 'lighttpd',
    packages: ['lighttpd', 'lighttpd-mod-webdav'],
    program: 'lighttpd',
    files: ({ folder, port }) => ({ 'lighttpd.conf': lighttpdConf(folder, port) }),
    args: ({ folder }) => ['-D', '-f', join(folder, 'lighttpd.conf')],
  },
  {
    name: 'nginx',
    packages: ['nginx', 'libnginx-mod-http-dav-ext'],
    program: 'nginx',
    files: ({ folder, port }) => ({ 'nginx.conf': nginxConf(folder, port) }),
    args: ({ folder }) => ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'tmp/errors')],
  },
  {
    name: 'rclone',
    packages: ['rclone'],
    program: 'rclone',
    args: ({ folder, port }) => ['serve', 'webdav', join(folder, 'served'), '--addr', `127.0.0.1:${port}`],
  },
  {
    name: 'sabre/dav',
    packages: ['php-sabre-dav', 'php-cli'],
    program: 'php',
    files: ({ folder }) => ({ 'server.php': sabreScript(folder) }),
    // Notices of a newer PHP would stand in the bodies; and a collection copied into itself has no end.
    args: ({ folder, port }) => [
      '-d',
      'display_errors=0',
      '-d',
      'max_execution_time=5',
      '-S',
      `127.0.0.1:${port}`,
      join(folder, 'server.php'),
    ],
  },
];

/** One process: its database of locks does not survive two at once. */
function apacheConf(folder: string, port: number): string {
  const modules = ['mpm_prefork', 'authz_core', 'dav', 'dav_fs'];
  return [
    ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
    'ServerName localhost',
    `Listen 127.0.0.1:${port}`,
    `PidFile ${folder}/tmp/apache.pid`,
    `ErrorLog ${folder}/tmp/errors`,
    'StartServers 1',
    'MinSpareServers 1',
    'MaxSpareServers 1',
    'MaxRequestWorkers 1',
    `DocumentRoot ${folder}/served`,
    `DavLockDB ${folder}/state/locks`,
    `<Directory ${folder}/served>`,
    '  Dav On',
    '  Require all granted',
    '</Directory>',
    '',
  ].join('\n');
}

function lighttpdConf(folder: string, port: number): string {
  return [
    'server.modules = ("mod_webdav")',
    `server.document-root = "${folder}/served"`,
    'server.bind = "127.0.0.1"',
    `server.port = ${port}`,
    `server.upload-dirs = ("${folder}/tmp")`,
    `server.errorlog = "${folder}/tmp/errors"`,
    'webdav.activate = "enable"',
    `webdav.sqlite-db-name = "${folder}/state/webdav.db"`,
    '',
  ].join('\n');
}

function nginxConf(folder: string, port: number): string {
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${folder}/tmp/${name};`);
  return [
    'load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;',
    'daemon off;',
    'worker_processes 2;',
    `pid ${folder}/tmp/nginx.pid;`,
    'events {}',
    'http {',
    ...places,
    '  access_log off;',
    '  dav_ext_lock_zone zone=locks:10m;',
    '  server {',
    `    listen 127.0.0.1:${port};`,
    `    root ${folder}/served;`,
    '    dav_methods PUT DELETE MKCOL COPY MOVE;',
    '    dav_ext_methods PROPFIND OPTIONS LOCK UNLOCK;',
    '    dav_ext_lock zone=locks;',
    '  }',
    '}',
    '',
  ].join('\n');
}

function sabreScript(folder: string): string {
  return [
    '<?php',
    "require '/usr/share/php/Sabre/autoload.php';",
    `$server = new Sabre\\DAV\\Server(new Sabre\\DAV\\FS\\Directory('${folder}/served'));`,
    "$server->setBaseUri('/');",
    `$server->addPlugin(new Sabre\\DAV\\Locks\\Plugin(new Sabre\\DAV\\Locks\\Backend\\File('${folder}/state/locks')));`,
    '$server->exec();',
    '',
  ].join('\n');
}
