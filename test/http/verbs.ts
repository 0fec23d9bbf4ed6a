// One request of each method that changes something, and of those that read: for what must hold of every verb.
import { LOCKINFO } from './serve.ts';

export type Verb = [method: string, headers: Record<string, string>, body?: string | undefined];

const XML = { 'Content-Type': 'application/xml' };
const PATCH = '<propertyupdate xmlns="DAV:"><set><prop><displayname>x</displayname></prop></set></propertyupdate>';

/** Rows of one length: jest would hand a callback to what takes one more. */
const rows = (verbs: readonly Verb[]): Verb[] => verbs.map(([method, headers, body]) => [method, headers, body]);

export const CHANGING = rows([
  ['PUT', {}, 'new'],
  ['PATCH', { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'bytes=0-0' }, 'n'],
  ['DELETE', {}],
  ['COPY', { Destination: '/c/other', Overwrite: 'T' }],
  ['MOVE', { Destination: '/c/other', Overwrite: 'T' }],
  ['MKCOL', {}],
  ['PROPPATCH', XML, PATCH],
  ['LOCK', XML, LOCKINFO],
  ['UNLOCK', { 'Lock-Token': '<urn:uuid:00000000-0000-4000-8000-000000000000>' }],
]);

export const READING = rows([
  ['GET', {}],
  ['HEAD', {}],
  ['PROPFIND', { Depth: '1' }],
  ['POST', {}, 'x'],
]);
