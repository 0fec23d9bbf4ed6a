// The page a browser gets for a collection: plain HTML, every name escaped, nothing that runs.
import { hrefOf, nameOf, parentOf, ROOT } from '../protocol/path.ts';
import { escapeAttribute, escapeText } from '../protocol/xml-write.ts';
import type { Resource } from '../store/store.ts';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse;width:100%}td{padding:.2rem .6rem;border-top:1px solid #ddd}td+td{text-align:right;white-space:nowrap;color:#555}a{text-decoration:none}';

/** Collections first, then files, each in the order of `members`; `unnamed` more have no URL, since their names are not UTF-8. */
export async function* listingPage(
  collection: Resource,
  members: readonly Resource[],
  unnamed: number,
  base: string,
): AsyncGenerator<string> {
  const title = escapeText(`${base}${collection.path}`);
  yield `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>${title}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<h1>${title}</h1>\n<table>\n`;
  if (collection.path !== ROOT) yield line(hrefOf({ path: parentOf(collection.path), collection: true }, base), '..', '', '');
  for (const member of members.toSorted((a, b) => Number(b.collection) - Number(a.collection))) {
    const name = nameOf(member.path) + (member.collection ? '/' : '');
    yield line(
      hrefOf(member, base),
      name,
      member.collection ? '' : `${member.size} bytes`,
      new Date(member.modified).toISOString().slice(0, 16).replace('T', ' '),
    );
  }
  const hidden = unnamed === 0 ? '' : `<p>Not shown: ${unnamed} more, with names that are not UTF-8.</p>\n`;
  yield `</table>\n${hidden}</body>\n</html>\n`;
}

function line(href: string, name: string, size: string, modified: string): string {
  return `<tr><td><a href="${escapeAttribute(href)}">${escapeText(name)}</a></td><td>${size}</td><td>${modified}</td></tr>\n`;
}
