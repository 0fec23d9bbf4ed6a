// Where an answer ends is found however the bytes are cut.
import { describe, expect, test } from '@jest/globals';
import { makeReader } from './reader.ts';

const ANSWERS = [
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\n\r\n\r\n0\r\nA: b\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
  'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
].join('');

function read(text: string, piece: number, head = false) {
  const statuses: number[] = [];
  let body = '';
  const reader = makeReader({
    answered: (status) => void statuses.push(status),
    part(bytes) {
      body += bytes.toString('latin1');
    },
  });
  reader.asked(head);
  for (let at = 0; at < text.length; at += piece) reader.feed(Buffer.from(text.slice(at, at + piece), 'latin1'));
  return { statuses, body, ended: reader.ended() };
}

describe('a reader of answers', () => {
  test.each([1, 2, 3, 7, 20, 64, 1000])('finds each end in pieces of %d bytes', (piece) => {
    expect(read(ANSWERS, piece)).toEqual({ statuses: [200, 204, 207, 304, 200], body: 'helloabc\r\n', ended: true });
  });

  test('waits for no body after a HEAD', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/1.1 404 Gone\r\nContent-Length: 1\r\n\r\n', 9, true).statuses).toEqual([
      200, 404,
    ]);
  });

  test('tells an answer that was cut from one that ends with its connection', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel', 9).ended).toBe(false);
    expect(read('HTTP/1.1 200 OK\r\n', 9).ended).toBe(false);
    expect(read('HTTP/1.1 200 OK\r\n\r\nhello', 9)).toMatchObject({ statuses: [200], body: 'hello', ended: true });
  });
});
