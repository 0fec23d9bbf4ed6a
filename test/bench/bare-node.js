// What Node itself needs for what the rows ask: one event loop, the system calls here and now, and next to no check. Nothing to serve with.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { open } from 'lmdb';

const [folder, port] = process.argv.slice(2);
const served = `${folder}/served`;
const LARGE = 256 * 1024; // bytes: more goes through a stream
const CHUNK = { highWaterMark: 1024 * 1024 };
const BATCH = 512; // rows written at once
const TYPE = 'application/octet-stream';
const XML = 'application/xml; charset=utf-8';

/** As this server has it: a write is confirmed once it is on the disk. */
const locks = open({ path: `${folder}/state/bare.mdb`, pageSize: 8192, overlappingSync: false, eventTurnBatching: false });
let staged = 0;

/** As `node:stream/consumers` does in twice the time. */
function bodyOf(request) {
  return new Promise((resolve) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
  });
}

const pathOf = (url) => (url.includes('%') ? decodeURI(url) : url).replace(/(?<=.)\/$/, '');
const etagOf = ({ ino, size, mtimeMs }) => `"${ino}-${size}-${mtimeMs}"`;

function answer(response, status, headers = {}, body = undefined) {
  response.writeHead(status, { ...headers, 'Content-Length': body?.length ?? 0 });
  response.end(body);
}

function headersOf(stats) {
  return { 'Content-Type': TYPE, ETag: etagOf(stats), 'Last-Modified': stats.mtime.toUTCString(), 'Accept-Ranges': 'bytes' };
}

function get({ url, headers }, response) {
  const fd = fs.openSync(served + pathOf(url));
  const stats = fs.fstatSync(fd);
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  if (stats.size > LARGE) {
    response.writeHead(200, { ...headersOf(stats), 'Content-Length': stats.size });
    return pipeline(fs.createReadStream('', { fd, ...CHUNK }), response);
  }
  const [from, to] = first === undefined ? [0, stats.size] : [Number(first), Number(last) + 1];
  const bytes = Buffer.allocUnsafe(to - from);
  const isSame = headers['if-none-match'] === etagOf(stats);
  if (!isSame) fs.readSync(fd, bytes, 0, bytes.length, from);
  fs.closeSync(fd);
  if (isSame) return response.writeHead(304, { ETag: etagOf(stats) }).end();
  if (first === undefined) return answer(response, 200, headersOf(stats), bytes);
  answer(response, 206, { ...headersOf(stats), 'Content-Range': `bytes ${from}-${to - 1}/${stats.size}` }, bytes);
}

function head({ url }, response) {
  const stats = fs.statSync(served + pathOf(url));
  response.writeHead(200, { ...headersOf(stats), 'Content-Length': stats.size }).end();
}

function rowOf(href, stats, held) {
  const collection = stats.isDirectory();
  const length = collection ? '' : `<D:getcontentlength>${stats.size}</D:getcontentlength>`;
  const lock =
    held && `<D:lockdiscovery><D:activelock><D:locktoken><D:href>${held}</D:href></D:locktoken></D:activelock></D:lockdiscovery>`;
  return `<D:response><D:href>${encodeURI(href)}${collection && href !== '/' ? '/' : ''}</D:href><D:propstat><D:prop><D:resourcetype>${
    collection ? '<D:collection/>' : ''
  }</D:resourcetype>${length}<D:getlastmodified>${stats.mtime.toUTCString()}</D:getlastmodified><D:creationdate>${stats.birthtime.toISOString()}</D:creationdate><D:getetag>${etagOf(
    stats,
  )}</D:getetag>${lock ?? ''}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`;
}

async function propfind(request, response) {
  const path = pathOf(request.url);
  const asksForLocks = (await bodyOf(request)).includes('lockdiscovery');
  const row = (href, stats) => rowOf(href, stats, asksForLocks ? locks.get(href)?.token : undefined);
  const stats = fs.statSync(served + path);
  let rows = `<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:">${row(path, stats)}`;
  response.writeHead(207, { 'Content-Type': XML });
  const { depth } = request.headers;
  const left = depth === '0' || !stats.isDirectory() ? [] : [path === '/' ? '' : path];
  for (let collection = left.pop(); collection !== undefined; collection = left.pop()) {
    let count = 0;
    for (const name of fs.readdirSync(served + collection)) {
      const href = `${collection}/${name}`;
      const member = fs.lstatSync(served + href);
      rows += row(href, member);
      if (depth === 'infinity' && member.isDirectory()) left.push(href);
      if (++count % BATCH !== 0) continue;
      response.write(rows);
      rows = '';
    }
  }
  response.end(`${rows}</D:multistatus>`);
}

async function put(request, response) {
  const path = pathOf(request.url);
  const held = locks.get(path);
  if (held && !request.headers.if?.includes(held.token)) return answer(response, 423);
  const temporary = `${folder}/tmp/${++staged}`;
  if (Number(request.headers['content-length']) > LARGE) await pipeline(request, fs.createWriteStream(temporary, CHUNK));
  else fs.writeFileSync(temporary, await bodyOf(request));
  const status = fs.existsSync(served + path) ? 204 : 201;
  fs.renameSync(temporary, served + path);
  answer(response, status);
}

function mkcol({ url }, response) {
  fs.mkdirSync(served + pathOf(url));
  answer(response, 201);
}

function copyTree(from, to) {
  fs.mkdirSync(to);
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) copyTree(`${from}/${entry.name}`, `${to}/${entry.name}`);
    else fs.copyFileSync(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}

function removeTree(place) {
  for (const entry of fs.readdirSync(place, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(`${place}/${entry.name}`);
    else fs.unlinkSync(`${place}/${entry.name}`);
  }
  fs.rmdirSync(place);
}

const destinationOf = ({ headers }) => served + pathOf(new URL(headers.destination).pathname);

function copy(request, response) {
  copyTree(served + pathOf(request.url), destinationOf(request));
  answer(response, 201);
}

function move(request, response) {
  fs.renameSync(served + pathOf(request.url), destinationOf(request));
  answer(response, 201);
}

function remove({ url }, response) {
  const place = served + pathOf(url);
  if (fs.statSync(place).isDirectory()) removeTree(place);
  else fs.unlinkSync(place);
  answer(response, 204);
}

async function lock(request, response) {
  const path = pathOf(request.url);
  const token = `urn:uuid:${randomUUID()}`;
  const owner = /<D:owner>.*<\/D:owner>/.exec((await bodyOf(request)).toString())?.[0];
  await locks.childTransaction(() => void locks.put(path, { token, owner, expires: Date.now() + 3_600_000 }));
  const body = `<?xml version="1.0"?><D:prop xmlns:D="DAV:"><D:lockdiscovery><D:activelock>${owner}</D:activelock></D:lockdiscovery></D:prop>`;
  answer(response, 200, { 'Lock-Token': `<${token}>`, 'Content-Type': XML }, Buffer.from(body));
}

async function unlock({ url }, response) {
  await locks.childTransaction(() => void locks.remove(pathOf(url)));
  answer(response, 204);
}

const METHODS = {
  GET: get,
  HEAD: head,
  PROPFIND: propfind,
  PUT: put,
  MKCOL: mkcol,
  COPY: copy,
  MOVE: move,
  DELETE: remove,
  LOCK: lock,
  UNLOCK: unlock,
};
const STATUS = { ENOENT: 404, EEXIST: 405 };
/** What is not there is then its parent: told by a 409, rclone makes it. */
const MAKES = new Set(['MKCOL', 'PUT', 'COPY', 'MOVE']);

createServer(async (request, response) => {
  const method = METHODS[request.method];
  try {
    if (method) await method(request, response);
    else answer(response, 405);
  } catch (failure) {
    if (response.headersSent) response.destroy();
    else answer(response, failure.code === 'ENOENT' && MAKES.has(request.method) ? 409 : (STATUS[failure.code] ?? 500));
  }
}).listen(Number(port), '127.0.0.1');
