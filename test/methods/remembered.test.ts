// A short XML body that came before is not read again; any other is, however like it is.
import { expect, test } from '@jest/globals';
import { remembering } from '../../src/methods/remembered.ts';
import { type Context, DEFAULTS } from '../../src/operations/context.ts';
import type { DavRequest } from '../../src/protocol/message.ts';

function asked() {
  const read: string[] = [];
  const meaningOf = remembering(({ name }) => {
    read.push(name);
    return name;
  });
  const ask = (text: string, type?: string) => {
    const body = { length: text.length, arrived: () => Buffer.from(text), async *open() {} };
    return meaningOf({ headers: { 'content-type': type }, body } as unknown as DavRequest, { options: DEFAULTS } as Context);
  };
  return { read, ask };
}

test('the same body means the same, and is read once', async () => {
  const { read, ask } = asked();
  expect([await ask('<a/>'), await ask('<b/>'), await ask('<a/>')]).toEqual(['a', 'b', 'a']);
  expect(read).toEqual(['a', 'b']);
});

test('the same bytes in another encoding are another body', async () => {
  const { read, ask } = asked();
  await ask('<a/>', 'application/xml');
  await ask('<a/>', 'application/xml; charset=iso-8859-1');
  expect(read).toEqual(['a', 'a']);
});

test('what is sent again is kept as it was sent, though its buffer is used for the next', async () => {
  const shared = Buffer.from('<a/>');
  const request = (text: string) => {
    shared.write(text);
    return { headers: {}, body: { length: 4, arrived: () => shared, async *open() {} } } as unknown as DavRequest;
  };
  const meaningOf = remembering(({ name }) => name);
  const context = { options: DEFAULTS } as Context;
  expect([await meaningOf(request('<a/>'), context), await meaningOf(request('<b/>'), context)]).toEqual(['a', 'b']);
});

test('a long one is read each time, and the oldest goes for one too many', async () => {
  const { read, ask } = asked();
  const long = `<long>${' '.repeat(5_000)}</long>`;
  for (const body of [long, long, '<old/>']) await ask(body);
  for (let next = 0; next < 64; next++) await ask(`<n${next}/>`);
  await ask('<n63/>');
  await ask('<old/>');
  expect([...read.slice(0, 3), ...read.slice(-2)]).toEqual(['long', 'long', 'old', 'n63', 'old']);
});
