// Looks at what is on the server: the listing of every collection, the content of every file, and files that no listing has.

import { davChildren, type XmlElement } from '../../src/protocol/xml-element.ts';
import { readAnswer, statusIn } from './answer.ts';
import type { Asker } from './asking.ts';
import type { Place } from './place.ts';
import { isBelow, type Resource, type Tree } from './tree.ts';

const MOST = 200; // Resources: a server that copies a collection into itself may not know an end.

const PROPFIND = '<propfind xmlns="DAV:"><prop><resourcetype/><lockdiscovery/></prop></propfind>';

export interface Seen {
  readonly tree: Tree;
  /** Whether every collection could be listed, and there was an end of them. */
  readonly whole: boolean;
}

/** @param known files that may be there without being listed */
export async function look(asker: Asker, place: Place, known: readonly string[]): Promise<Seen> {
  const tree = new Map<string, Resource>();
  const collections = ['/'];
  const secret: string[] = [];
  for (let path = collections.shift(); path !== undefined && tree.size < MOST; path = collections.shift()) {
    const members = await membersOf(asker, place, path);
    if (!members) secret.push(path);
    for (const [member, { collection, locks }] of members ?? []) {
      if (tree.has(member)) continue;
      if (collection) collections.push(member);
      tree.set(member, { collection, locks, listed: true, content: collection ? undefined : await contentAt(asker, place, member) });
    }
  }
  for (const path of known) {
    if (tree.has(path)) continue;
    const { status, text } = await asker.ask('GET', place.url(path));
    // lighttpd answers for what is below a file with the file.
    if (status !== 200 || [...tree].some(([other, { content }]) => content === text && isBelow(path, other))) continue;
    // Of a collection that cannot be listed nothing is known: it may well have this member.
    const listed = secret.some((collection) => isBelow(path, collection));
    tree.set(path, { collection: false, content: text, locks: 0, listed });
  }
  return { tree, whole: secret.length === 0 && collections.length === 0 };
}

interface Listed {
  readonly collection: boolean;
  readonly locks: number;
}

/** undefined: the collection cannot be listed. */
async function membersOf(asker: Asker, place: Place, path: string): Promise<[string, Listed][] | undefined> {
  const rows = await list(asker, place, path === '/' ? path : `${path}/`, '1');
  return rows?.filter(([member]) => member !== path);
}

/** How many locks `lockdiscovery` shows at a URL. */
export async function locksAt(asker: Asker, place: Place, href: string): Promise<number> {
  return (await list(asker, place, href, '0'))?.[0]?.[1].locks ?? 0;
}

async function list(asker: Asker, place: Place, href: string, depth: string): Promise<[string, Listed][] | undefined> {
  const headers = { depth, 'content-type': 'application/xml' };
  const { rows } = readAnswer(await asker.ask('PROPFIND', place.url(href), { headers, body: PROPFIND }));
  return rows?.flatMap(({ hrefs, propstats }) => {
    const member = place.path(hrefs[0] ?? '');
    const found = propstats.filter((propstat) => statusIn(propstat) === 200);
    const locks = within(found, ['prop', 'lockdiscovery', 'activelock']).length;
    return member === undefined ? [] : [[member, { collection: within(found, ['prop', 'resourcetype', 'collection']).length > 0, locks }]];
  });
}

function within(elements: readonly XmlElement[], names: readonly string[]): readonly XmlElement[] {
  return names.reduce((found, name) => found.flatMap((element) => davChildren(element, name)), elements);
}

async function contentAt(asker: Asker, place: Place, path: string): Promise<string> {
  const { status, text } = await asker.ask('GET', place.url(path));
  return status === 200 || status === 204 ? text : `(${status})`;
}
