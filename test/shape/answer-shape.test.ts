// That the check of every answer can fail: a sound body of each kind passes, and one that breaks a rule is rejected by its name.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { DavError } from '../../src/protocol/error.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { rowsOf } from '../http/multistatus-reader.ts';
import { askPort } from '../http/serve.ts';
import { makeWorld } from '../scenarios/world.ts';
import { requireShape } from './answer-shape.ts';

const TYPE = 'application/xml; charset="utf-8"';
const NAMESPACES = 'xmlns:D="DAV:" xmlns:e="urn:dav207"';
const prop = (content: string) => `<D:prop ${NAMESPACES}>${content}</D:prop>`;
const multistatus = (rows: string) => `<D:multistatus ${NAMESPACES}>${rows}</D:multistatus>`;
const error = (conditions: string) => `<D:error ${NAMESPACES}>${conditions}</D:error>`;
const status = (text: string) => `<D:status>HTTP/1.1 ${text}</D:status>`;
const row = (href: string, code: string, more = '') => `<D:response><D:href>${href}</D:href>${status(code)}${more}</D:response>`;
const because = (...causes: string[]) => {
  const hrefs = causes.map((cause) => `<D:href>${cause}</D:href>`).join('');
  return `<D:error><e:failed-dependency><e:outcome>incomplete</e:outcome><e:cause>${hrefs}</e:cause></e:failed-dependency></D:error>`;
};
const dependent = (href: string, cause: string) => row(href, '424 Failed Dependency', because(cause));
const swapped = (text: string) => text.replace(/(<D:status>.*<\/D:status>)(<D:error>.*<\/D:error>)/, '$2$1');
const SUBMITTED = '<D:lock-token-submitted><D:href>/c/x</D:href></D:lock-token-submitted>';
const LOCKED = row('/c/x', '423 Locked', `<D:error>${SUBMITTED}</D:error>`);
const REFUSED = row('/c/x', '403 Forbidden');
const ROOT_ROW = dependent('/c/', '/c/x');
const found = (propstats: string) => `<D:response><D:href>/c/</D:href>${propstats}</D:response>`;
const propstat = (properties: string, code = '200 OK', more = '') =>
  `<D:propstat><D:prop>${properties}</D:prop>${status(code)}${more}</D:propstat>`;
const LOCK_PARTS = [
  ...['<D:lockscope><D:shared/></D:lockscope>', '<D:locktype><D:write/></D:locktype>', '<D:depth>0</D:depth>'],
  ...['<D:owner><D:href>http://me</D:href><D:mine/></D:owner>', '<D:timeout>Second-9</D:timeout>'],
  ...['<D:locktoken><D:href>urn:uuid:1</D:href></D:locktoken>', '<D:lockroot><D:href>/c/</D:href></D:lockroot>'],
];
const discovery = (parts: readonly string[]) => `<D:lockdiscovery><D:activelock>${parts.join('')}</D:activelock></D:lockdiscovery>`;

const check = (request: string, code: number, body: string, type = TYPE, location?: string) => {
  const [method = '', target = '/c/', prefer] = request.split(' ');
  return requireShape({ method, target, prefer }, { status: code, type, location, body: Buffer.from(body) });
};

describe('is sound', () => {
  const LINK = '<D:location><D:href>/d/</D:href></D:location>';
  test.each<[string, string, number, string, string]>([
    ['every cause', 'DELETE /c', 207, multistatus(ROOT_ROW + LOCKED), 'multistatus'],
    ['culprits alone', 'DELETE /c/ return=minimal', 207, multistatus(LOCKED), 'multistatus'],
    ['another spelling', 'MOVE /%63/?q', 207, multistatus(`${ROOT_ROW + REFUSED}<D:responsedescription/>`), 'multistatus'],
    ['that of LOCK', 'LOCK /c/ return=minimal', 207, multistatus(row('/c/', '424 Failed Dependency') + LOCKED), 'multistatus'],
    ['no rows', 'PROPFIND', 207, multistatus(''), 'multistatus'],
    ['a lock', 'PROPFIND', 207, multistatus(found(propstat(discovery(LOCK_PARTS)))), 'multistatus'],
    ['a dead property', 'PROPFIND', 207, multistatus(found(propstat('<D:mine><D:href>x</D:href></D:mine>'))), 'multistatus'],
    ['a name asked for', 'PROPFIND', 207, multistatus(found(propstat('') + propstat('<D:no/>', '404 Not Found'))), 'multistatus'],
    ['a redirection', 'PROPFIND', 207, multistatus(row('/c/', '302 Found', LINK)), 'multistatus'],
    ['what is locked', 'PUT', 423, error(SUBMITTED), 'error'],
    ['a conflict', 'LOCK', 423, error('<D:no-conflicting-lock><D:href>/c/</D:href></D:no-conflicting-lock>'), 'error'],
    ['a new lock', 'LOCK', 200, prop(discovery(LOCK_PARTS)), 'prop'],
    ['no body', 'DELETE', 204, '', ''],
  ])('%s (%s %i)', (_what, request, code, body, kind) => {
    expect(check(request, code, body)).toBe(kind);
  });

  test('a file of any XML', () => {
    expect(check('GET', 200, '<D:multistatus', 'application/xml')).toBe('');
  });
});

describe('is rejected', () => {
  test.each<[string, string, string, number, string]>([
    ['D-11.1-a', 'another root', 'DELETE', 207, error('<D:lock-token-submitted/>')],
    ['D-11.1-a', 'no body', 'DELETE', 207, ''],
    ['D-11.1-a', 'another status', 'DELETE', 204, multistatus(LOCKED)],
    ['D-11.1-a', 'a row too late', 'PROPFIND', 207, multistatus(`<D:responsedescription/>${found(propstat(''))}`)],
    ['D-14.24-a', 'two rows of one href', 'PROPFIND', 207, multistatus(found(propstat('')) + found(propstat('')))],
    ['D-14.24-b', 'a propstat and a status', 'PROPFIND', 207, multistatus(found(propstat('') + status('200 OK')))],
    ['D-14.24-b', 'neither', 'PROPFIND', 207, multistatus(found(''))],
    ['D-14.24-b', 'the href last', 'PROPFIND', 207, multistatus(`<D:response>${status('200 OK')}<D:href>/c/</D:href></D:response>`)],
    ['Z-mac-c', 'the error before the status', 'DELETE', 207, multistatus(ROOT_ROW + swapped(LOCKED))],
    ['D-14.22-a', 'a propstat without prop', 'PROPFIND', 207, multistatus(found(`<D:propstat>${status('200 OK')}</D:propstat>`))],
    ['D-14.22-a', 'one without status', 'PROPFIND', 207, multistatus(found('<D:propstat><D:prop/></D:propstat>'))],
    ['D-14.22-a', 'one outcome apart', 'PROPFIND', 207, multistatus(found(propstat('<D:a/>') + propstat('<D:b/>')))],
    ['D-14.22-a', 'a property twice', 'PROPFIND', 207, multistatus(found(propstat('<D:a/>') + propstat('<D:a/>', '404 Not Found')))],
    ['D-14.22-a', 'that of MKCOL', 'MKCOL', 403, `<D:mkcol-response ${NAMESPACES}><D:propstat><D:prop/></D:propstat></D:mkcol-response>`],
    ['D-14.28-a', 'no version', 'PROPFIND', 207, multistatus(row('/c/', '404 Not Found').replace('HTTP/1.1 ', ''))],
    ['D-14.28-a', 'no phrase', 'PROPFIND', 207, multistatus(row('/c/', '404'))],
    ['D-14.28-a', 'no class', 'PROPFIND', 207, multistatus(row('/c/', '600 Odd'))],
    ['D-13-a', '1xx', 'PROPFIND', 207, multistatus(row('/c/', '102 Processing'))],
    ['D-13.2-a', '3xx to nowhere', 'PROPFIND', 207, multistatus(row('/c/', '302 Found'))],
    ['D-13.2-a', 'a location without href', 'PROPFIND', 207, multistatus(row('/c/', '302 Found', '<D:location/>'))],
    ['D-14.5-a', 'no condition', 'PUT', 403, error('')],
    ['D-14.5-a', 'text', 'PUT', 423, error(`text${SUBMITTED}`)],
    ['D-14.5-a', 'no failure', 'PUT', 200, error(SUBMITTED)],
    ['D-14.5-a', 'none in a row', 'DELETE', 207, multistatus(ROOT_ROW + row('/c/x', '403 Forbidden', '<D:error/>'))],
    ['D-14.5-a', 'none in a propstat', 'PROPFIND', 207, multistatus(found(propstat('', '403 Forbidden', '<D:error/>')))],
    ['D-08.3-a', 'a URI', 'PROPFIND', 207, multistatus(row('http://host/c/', '404 Not Found'))],
    ['D-08.3-a', 'a network path', 'PROPFIND', 207, multistatus(row('//host/c/', '404 Not Found'))],
    ['D-08.3-a', 'a condition', 'PUT', 423, error('<D:lock-token-submitted><D:href>c</D:href></D:lock-token-submitted>')],
    ['D-08.3-a', 'a cause', 'DELETE', 207, multistatus(row('/c/', '424 Failed Dependency', because('c/x')) + LOCKED)],
    ['D-08.3-a', 'a lock root', 'LOCK', 200, prop(discovery(LOCK_PARTS).replace('/c/', 'http://host/c/'))],
    ['D-17-a', 'a condition', 'PUT', 403, error('<D:made-up/>')],
    ['D-17-a', "somebody else's", 'PUT', 403, error('<x:made-up xmlns:x="urn:x"/>')],
    ['D-17-a', 'ours in DAV:', 'DELETE', 207, multistatus(ROOT_ROW.replaceAll('e:outcome', 'D:outcome') + LOCKED)],
    ['D-17-a', 'a value', 'PROPFIND', 207, multistatus(found(propstat('<D:supportedlock><D:own/></D:supportedlock>')))],
    ['D-17-a', 'a document element', 'LOCK', 200, `<D:own ${NAMESPACES}/>`],
    ['D-09.10.1-d', 'no scope', 'LOCK', 200, prop(discovery(LOCK_PARTS.slice(1)))],
    ['D-09.10.1-d', 'no root', 'LOCK', 200, prop(discovery(LOCK_PARTS.slice(0, -1)))],
    ['D-11.3-a', 'no href', 'PUT', 423, error('<D:lock-token-submitted/>')],
    ['D-11.3-a', 'that of LOCK', 'PUT', 423, error('<D:no-conflicting-lock><D:href>/c/</D:href></D:no-conflicting-lock>')],
    ['D-11.3-a', 'no body', 'PUT', 423, ''],
    ['D-11.3-a', 'a row', 'DELETE', 207, multistatus(ROOT_ROW + row('/c/x', '423 Locked'))],
    ['D-09.9.4-a', 'that of LOCK', 'MOVE', 423, error('<D:no-conflicting-lock><D:href>/c/</D:href></D:no-conflicting-lock>')],
    ['D-16-a', 'another status', 'PUT', 409, error(SUBMITTED)],
    ['D-16-a', 'that of a row', 'DELETE', 207, multistatus(ROOT_ROW + row('/c/x', '403 Forbidden', `<D:error>${SUBMITTED}</D:error>`))],
    ['D-11.4-a', 'a plain 424', 'DELETE', 424, ''],
    ['D-11.4-a', 'no cause', 'DELETE', 207, multistatus(row('/c/', '424 Failed Dependency') + LOCKED)],
    ['D-11.4-a', 'a cause without row', 'DELETE', 207, multistatus(row('/c/', '424 Failed Dependency', because('/c/y')) + LOCKED)],
    ['D-11.4-a', 'itself', 'DELETE', 207, multistatus(row('/c/', '424 Failed Dependency', because('/c/')) + LOCKED)],
    ['D-11.4-a', 'a circle', 'DELETE', 207, multistatus(ROOT_ROW + LOCKED + dependent('/c/y', '/c/z') + dependent('/c/z', '/c/y'))],
    ['D-11.4-a', 'propstats alone', 'PROPPATCH', 207, multistatus(found(propstat('', '424 Failed Dependency')))],
    [
      'D-11.4-a',
      'beside 200',
      'PROPPATCH',
      207,
      multistatus(found(['200 OK', '403 F', '424 F'].map((code) => propstat('', code)).join(''))),
    ],
    ['Z-neon-a', 'no culprit', 'DELETE', 207, multistatus(dependent('/c/', '/c/x') + row('/c/x', '204 No Content'))],
    ['D-09.6.1-e', '204', 'DELETE', 207, multistatus(ROOT_ROW + REFUSED + row('/c/y', '204 No Content'))],
    ['D-09.8.3-g', '201', 'COPY', 207, multistatus(ROOT_ROW + REFUSED + row('/d/y', '201 Created'))],
    ['D-09.9.2-e', '204', 'MOVE', 207, multistatus(ROOT_ROW + REFUSED + row('/d/y', '204 No Content'))],
    ['F-ext-a', '424', 'DELETE /c/ return=minimal', 207, multistatus(ROOT_ROW + REFUSED)],
    ['F-ext-a', 'a second 424', 'LOCK /c/ return=minimal', 207, multistatus(ROOT_ROW + dependent('/c/y', '/c/x') + REFUSED)],
    ['Z-mac-b', 'the Request-URI last', 'DELETE', 207, multistatus(REFUSED + ROOT_ROW)],
    ['Z-kio-a', '200', 'DELETE', 200, ''],
    ['Z-kio-a', '200', 'MOVE', 200, ''],
    ['Z-kio-a', '202', 'COPY', 202, ''],
  ])('%s: %s (%s %i)', (rule, _what, request, code, body) => {
    expect(() => check(request, code, body)).toThrow(rule);
  });
});

test('D-13-b: a Location is rejected beside rows, and nowhere else', () => {
  expect(() => check('COPY /c/', 207, multistatus(ROOT_ROW + REFUSED), TYPE, '/d/')).toThrow('D-13-b');
  expect(check('COPY /c/', 201, '', undefined, '/d/')).toBe('');
});

describe('is asked of', () => {
  const BAD = multistatus(found(propstat('')) + found(propstat('')));

  test('every answer over HTTP', async () => {
    const server = createServer((_request, response) => response.writeHead(207, { 'Content-Type': TYPE }).end(BAD));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      await expect(askPort(port, 'PROPFIND', '/c/')).rejects.toThrow('D-14.24-a');
    } finally {
      server.close();
    }
  });

  test('every answer in a world of scenarios', async () => {
    const stat = async () => {
      throw new DavError(424, 'Not a status of its own.');
    };
    await expect(makeWorld({ store: { ...memoryStore(), stat } }).ask('DELETE', '/c/')).rejects.toThrow('D-11.4-a');
  });

  test('every 207 that is read', () => {
    const bytes = Buffer.from(BAD);
    expect(() => rowsOf({ status: 207, headers: { 'content-type': TYPE }, text: BAD, bytes })).toThrow('D-14.24-a');
  });
});
