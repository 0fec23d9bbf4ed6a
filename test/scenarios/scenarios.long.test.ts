// Plays every scenario of fixtures/scenarios: the answer row by row, and the tree, locks and properties afterwards.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../src/protocol/path.ts';
import { parseXml } from '../../src/protocol/xml.ts';
import { davChildren, elementsOf, textOf, type XmlElement } from '../../src/protocol/xml-element.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import { memoryStore } from '../../src/store/memory.ts';
import type { Kind } from '../shape/answer-shape.ts';
import { flatten } from './drawing.ts';
import { faultyState } from './faulty-state.ts';
import { faultyStore } from './faulty-store.ts';
import { readScenarios, type Scenario, type Variant } from './scenario.ts';
import { lockInfo, makeWorld, through, type World } from './world.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/scenarios');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const stores = {
  memory: memoryStore,
  filesystem: () => {
    const folder = mkdtempSync(join(tmpdir(), 'dav207-scenario-'));
    folders.push(folder);
    return filesystemStore({ folder });
  },
};

const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.txt'));
test('there are scenarios to play', () =>
  expect(files).toEqual(['copy.txt', 'delete.txt', 'lock.txt', 'move.txt', 'proppatch.txt', 'unlock.txt']));

describe.each(Object.entries(stores))('on the %s store', (_name, makeStore) => {
  const cases = files.flatMap((file) =>
    readScenarios(readFileSync(join(FIXTURES, file), 'utf8')).flatMap((scenario) =>
      scenario.variants.map((variant) => [`${scenario.title} / ${variant.name}`, scenario, variant] as const),
    ),
  );
  test.each(cases)('%s', async (_title, scenario, variant) => {
    await play(scenario, variant, makeStore());
  });
});

async function play({ tree, faults }: Scenario, variant: Variant, store: ReturnType<typeof memoryStore>): Promise<void> {
  const quiet = makeWorld({ store });
  await quiet.make(tree);
  const before = flatten(await quiet.draw(), { contents: true });
  const world = through(quiet, faultyStore(store, faults), faultyState(quiet.context.state, faults));

  const headers = Object.fromEntries(Object.entries(variant.headers).map(([name, value]) => [name, withTokens(value, quiet.tokens)]));
  const body = bodyOf(variant);
  const answer = await world.ask(variant.method, variant.target, { headers, principal: variant.principal, ...body });

  const { status, kind } = answer;
  expect({ status, kind, rows: rowsIn(answer.text) }).toEqual({ status: variant.status, kind: kindOf(variant), rows: variant.rows });
  if (variant.sentences.length > 0) expect(sentencesIn(answer.text)).toEqual(variant.sentences);
  for (const path of await quiet.context.state.recorded(ROOT))
    expect({ path, there: Boolean(await store.stat(path)) }).toEqual({ path, there: true });
  const after = await quiet.draw();
  await requireConsistent(quiet, [tree, after].flatMap((drawn) => drawn.map(({ href }) => href)).concat(hrefsIn(variant)));
  if (!variant.after) expect(flatten(after, { contents: true })).toEqual(before);
  else {
    const contents = variant.after.some(({ content }) => content !== undefined);
    const wanted = variant.after.map((drawn) => ({ ...drawn, locks: drawn.locks.map((lock) => ({ ...lock })) }));
    const unnamed = after.map((drawn) =>
      contents && !wanted.some((want) => want.href === drawn.href && want.content !== undefined) ? { ...drawn, content: undefined } : drawn,
    );
    expect(flatten(unnamed, { contents })).toEqual(flatten(wanted, { contents }));
  }
}

function bodyOf({ method, scope, instructions }: Variant): { readonly body?: string } {
  if (method === 'LOCK') return { body: lockInfo(scope) };
  if (instructions.length === 0) return {};
  const root = method === 'MKCOL' ? 'mkcol' : 'propertyupdate';
  const parts = instructions.map((line) => {
    const [, verb = '', name = '', value = ''] = /^(\w+) ([^=]+)(?:=(.*))?$/.exec(line) ?? [];
    return `<D:${verb}><D:prop><${name}>${value}</${name}></D:prop></D:${verb}>`;
  });
  return { body: `<D:${root} xmlns:D="DAV:" xmlns:t="urn:t">${parts.join('')}</D:${root}>` };
}

/** RFC 4918 §5.1: what answers at a URL is a member of the collection above it, and what a collection lists answers. */
async function requireConsistent(world: World, hrefs: readonly string[]): Promise<void> {
  const listed = new Set<string>();
  for (const href of hrefs.filter((each) => each.endsWith('/')).concat('/')) {
    const { status, text } = await world.ask('PROPFIND', href, { headers: { depth: '1' } });
    const rows = status === 207 ? davChildren(parseXml(Buffer.from(text)), 'response').flatMap(hrefsOf) : [];
    for (const member of rows.slice(1)) listed.add(named(member));
  }
  const answering = new Set<string>();
  for (const href of [...hrefs, ...listed]) if ((await world.ask('HEAD', href)).status === 200) answering.add(named(href));
  expect([...listed].sort()).toEqual([...answering].sort());
}

/** A collection has two URLs (RFC 4918 §5.2). */
function named(href: string): string {
  return href.replace(/(.)\/$/, '$1');
}

function hrefsOf(row: XmlElement): string[] {
  return davChildren(row, 'href').map(textOf);
}

function hrefsIn({ rows }: Variant): string[] {
  return rows.flatMap((row) => row.match(/\/[^ ()]+/g) ?? []);
}

function withTokens(value: string, tokens: ReadonlyMap<string, string>): string {
  return value.replace(/<(L\d)>/g, (_, name: string) => `<${tokens.get(name)}>`);
}

/** What the shape of the body was held against: nothing that a scenario is answered goes unseen. */
function kindOf({ method, status, rows }: Variant): Kind {
  if (status === 207) return 'multistatus';
  if (method === 'LOCK' && status < 300) return 'prop';
  if (method === 'MKCOL' && rows.length > 1) return 'mkcol-response';
  return rows.length > 0 ? 'error' : '';
}

/** Rows as scenarios write them: `/c/ 424 incomplete <- /c/sub/ (/c/sub/x.txt)`, `/c/x 423 lock-token-submitted /c/x`. */
function rowsIn(text: string): string[] {
  if (!text.startsWith('<?xml')) return [];
  const document = parseXml(Buffer.from(text), 'application/xml');
  if (document.name === 'error') return [conditionIn(document)];
  if (document.name === 'mkcol-response') return propstatsIn(document);
  if (document.name !== 'multistatus') return [];
  return davChildren(document, 'response').flatMap((response) => {
    const propstats = propstatsIn(response);
    if (propstats.length > 0) return propstats.map((row) => `${davChildren(response, 'href').map(textOf).join('')} ${row}`);
    const [href, status, error] = ['href', 'status', 'error'].map((name) => davChildren(response, name)[0]);
    const code = status ? textOf(status).split(' ')[1] : '';
    return [[href ? textOf(href) : '', code, error ? conditionIn(error) : ''].filter(Boolean).join(' ')];
  });
}

/** `getetag 403 cannot-modify-protected-property`, `p q 424 <- getetag`. */
function propstatsIn(holder: XmlElement): string[] {
  return davChildren(holder, 'propstat').map((propstat) => {
    const names = davChildren(propstat, 'prop')
      .flatMap(elementsOf)
      .map(({ name }) => name);
    const code = davChildren(propstat, 'status').map((status) => textOf(status).split(' ')[1]);
    const causes = davChildren(propstat, 'error')
      .flatMap(elementsOf)
      .map((condition) => {
        if (condition.name !== 'failed-dependency') return condition.name;
        return `<- ${elementsOf(condition)
          .flatMap(elementsOf)
          .flatMap(elementsOf)
          .map(({ name }) => name)
          .join(' ')}`;
      });
    return [...names, ...code, ...causes].join(' ');
  });
}

/** In the order of the body: each row's, then that of the whole. */
function sentencesIn(text: string): string[] {
  const document = parseXml(Buffer.from(text), 'application/xml');
  const rows = davChildren(document, 'response').flatMap((row) => davChildren(row, 'responsedescription'));
  return [...rows, ...davChildren(document, 'responsedescription')].map(textOf);
}

function conditionIn(error: XmlElement): string {
  return elementsOf(error)
    .map((condition) => {
      if (condition.name !== 'failed-dependency') return [condition.name, ...elementsOf(condition).map(textOf)].join(' ');
      const named = (name: string) => elementsOf(condition).filter((child) => child.name === name);
      const hrefs = (name: string) =>
        named(name)
          .flatMap((cause) => elementsOf(cause).map(textOf))
          .join(' ');
      const outcome = named('outcome').map(textOf).join('');
      const roots = hrefs('root-cause');
      return `${outcome} <- ${hrefs('cause')}${roots ? ` (${roots})` : ''}`;
    })
    .join(' ');
}
