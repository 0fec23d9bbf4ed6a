// The folder as it is on the disk, for tests that compare it before and after.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every path below `folder` in order: a file with its content, a collection (`name/`) with '', a link with `-> target`. Not the server's own. */
export function treeOf(folder: string, under = ''): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const name of readdirSync(join(folder, under)).sort()) {
    if (name === '.dav207') continue;
    const path = `${under}/${name}`;
    const stats = lstatSync(join(folder, path));
    if (stats.isSymbolicLink()) tree[path] = `-> ${readlinkSync(join(folder, path))}`;
    else if (stats.isDirectory()) Object.assign(tree, { [`${path}/`]: '' }, treeOf(folder, path));
    else tree[path] = stats.isFile() ? readFileSync(join(folder, path), 'latin1') : '(special)';
  }
  return tree;
}
