// Requests that change one resource: PUT of all and of a part, MKCOL, PROPPATCH.
import { mkcolBody, proppatchBody } from './bodies.ts';
import { aCollection, aFile, aMember, aPlace, type Chooser, spelt, submitting } from './chooser.ts';
import { contentOf } from './content.ts';
import type { Operation } from './operation.ts';
import type { Random } from './random.ts';
import { changed, isCollection, written } from './tree.ts';

const SMALL = 3_000;
const LARGE = 1_500_000;

function lengthOf(random: Random): number {
  return 40 + random.int(random.chance(80) ? SMALL : LARGE);
}

export function put(chooser: Chooser): Operation | undefined {
  const { random, tree, fresh } = chooser;
  const path = (random.chance(50) ? aFile(chooser) : undefined) ?? aPlace(chooser);
  if (isCollection(tree.get(path))) return undefined;
  const body = contentOf(fresh(), lengthOf(random));
  return {
    sent: { method: 'PUT', path, headers: submitting(chooser), body, slow: random.chance(30) },
    done: tree.has(path) ? [204] : [201],
    refused: [],
    after: () => written(tree, path, body),
    whole: true,
  };
}

/** Some bytes in the middle, or on from somewhere near the end. */
export function putPart(chooser: Chooser): Operation | undefined {
  const { random, tree, fresh } = chooser;
  const path = aFile(chooser);
  const content = path === undefined ? undefined : tree.get(path)?.content;
  if (path === undefined || content === undefined || content.length === 0) return undefined;
  const offset = random.int(content.length + 1);
  const body = contentOf(fresh(), lengthOf(random));
  const after = Buffer.concat([content.subarray(0, offset), body, content.subarray(offset + body.length)]);
  const range = `bytes ${offset}-${offset + body.length - 1}/*`;
  return {
    sent: { method: 'PUT', path, headers: { 'content-range': range, ...submitting(chooser) }, body },
    done: [204],
    refused: [],
    after: () => written(tree, path, after),
    whole: true,
  };
}

export function make(chooser: Chooser): Operation | undefined {
  const { random, tree, fresh } = chooser;
  const path = aPlace(chooser);
  if (tree.has(path)) return undefined;
  const properties = new Map(random.chance(50) ? [['p', fresh()]] : []);
  const body = properties.size > 0 ? { body: mkcolBody(properties) } : {};
  return {
    sent: { method: 'MKCOL', path: `${path}/`, headers: submitting(chooser), ...body },
    done: [201],
    refused: [],
    after: () => changed(tree, path, { properties }),
    whole: true,
  };
}

/** Sets one and removes another, in one request: both or neither (RFC 4918 §9.2). */
export function properties(chooser: Chooser): Operation | undefined {
  const { random, tree, fresh } = chooser;
  const path = (random.chance(70) ? aMember(chooser) : undefined) ?? aCollection(chooser);
  const member = tree.get(path);
  if (!member) return undefined;
  const [set = 'p', unset = 'q'] = random.chance(50) ? ['p', 'q'] : ['q', 'p'];
  const value = fresh();
  const next = new Map(member.properties).set(set, value);
  next.delete(unset);
  const body = proppatchBody(
    new Map([
      [set, value],
      [unset, undefined],
    ]),
  );
  return {
    sent: { method: 'PROPPATCH', path: spelt(tree, path), headers: submitting(chooser), body },
    done: [207],
    refused: [],
    after: () => changed(tree, path, { properties: next }),
    whole: true,
  };
}
