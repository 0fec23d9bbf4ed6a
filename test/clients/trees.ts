// Trees of files for the clients to carry: made with every name that has ever been a trouble, and read back to compare.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Two spellings of one word are two names: NFC and NFD. */
export const NAMES = [
  'plain',
  'two  blanks',
  ' leading and trailing ',
  '100%',
  '%20',
  '%2F',
  '%zz',
  'a#b',
  'a&b',
  '&amp;',
  'a+b',
  'a;b=c',
  'a,b',
  'a:b@c',
  'a=b',
  "it's",
  '"quoted"',
  '(round) [square] {curly}',
  '<tag>',
  'what?',
  '$HOME !important ~tilde ^',
  'back\\slash',
  'pipe|`tick`',
  'star*',
  '-dash',
  '.hidden',
  'trailing.',
  'grüße',
  'gru\u0308ße',
  'Žluťoučký кот',
  '日本語 中文 한국어',
  '😀 👩‍👩‍👧 🇩🇪',
  'x'.repeat(200),
] as const;

const MIB = 1024 * 1024;

/** Writes a file of each name and a collection of each with `each` files, an empty file, an empty collection, one large file. */
export async function plant(root: string, each: number): Promise<void> {
  for (const name of NAMES) {
    await mkdir(join(root, `d ${name}`), { recursive: true });
    await writeFile(join(root, `f ${name}`), `in ${name}`);
    for (let number = 0; number < each; number++)
      await writeFile(join(root, `d ${name}`, `${number} ${name}`), `${number} of ${name}`.repeat(number));
  }
  await mkdir(join(root, 'deep/er/and/deeper/still'), { recursive: true });
  await mkdir(join(root, 'nothing in it'));
  await writeFile(join(root, 'deep/er/and/deeper/still/down here'), 'down here');
  await writeFile(join(root, 'deep/empty'), '');
  await writeFile(join(root, 'deep/large.bin'), Buffer.alloc(5 * MIB + 1, createHash('sha512').update('large').digest()));
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const [index, { parentPath, name }] of files.entries()) await utimes(join(parentPath, name), 0, 1_000_000_000 + index * 86_400);
}

export interface Planted {
  /** Hash of the content; none for a collection. */
  readonly hash?: string;
  /** Seconds since 1970; none for a collection. */
  readonly modified?: number;
}

/** Everything below the folder but the server's own state, by path. */
export async function read(root: string): Promise<Record<string, Planted>> {
  const paths = (await readdir(root, { recursive: true })).filter((path) => path.split('/')[0] !== '.dav207').sort();
  const entries = await Promise.all(
    paths.map(async (path): Promise<[string, Planted]> => {
      const found = await stat(join(root, path));
      if (found.isDirectory()) return [path, {}];
      const hash = createHash('sha256')
        .update(await readFile(join(root, path)))
        .digest('hex');
      return [path, { hash, modified: Math.floor(found.mtimeMs / 1000) }];
    }),
  );
  return Object.fromEntries(entries);
}

/** Without the times, for clients that do not carry them. */
export function untimed(tree: Readonly<Record<string, Planted>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).map(([path, { hash = 'collection' }]) => [path, hash]));
}

/** The part of a tree below a folder, with paths relative to it. */
export function below(tree: Readonly<Record<string, Planted>>, folder: string): Record<string, Planted> {
  const prefix = `${folder}/`;
  const inside = Object.entries(tree).filter(([path]) => path.startsWith(prefix));
  return Object.fromEntries(inside.map(([path, planted]) => [path.slice(prefix.length), planted]));
}
