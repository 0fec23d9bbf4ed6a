// Reads and prints the drawings of scenarios: trees as indented text, with contents, locks and dead properties.
export interface DrawnLock {
  readonly name: string;
  readonly scope: 'exclusive' | 'shared';
  readonly depth: '0' | 'infinity';
  readonly principal: string;
}

export interface Drawn {
  /** With a trailing slash for a collection. */
  readonly href: string;
  readonly content: string | undefined;
  readonly property: string | undefined;
  readonly locks: readonly DrawnLock[];
}

const LINE = /^( *)(\S.*?)(?: \(([^)]*)\))?(?: \{([^}]*)\})?(?: \[([^\]]*)\])?$/;

/** `/c/`, then members indented below it: `x.txt (content) {dead property} [L1, shared L2 Bob, L3 depth 0]`. */
export function readTree(lines: readonly string[]): Drawn[] {
  const above: { indent: number; href: string }[] = [];
  return lines.map((line) => {
    const match = LINE.exec(line);
    if (!match) throw new Error(`not a line of a tree: ${line}`);
    const [, blanks = '', name = '', content, property, locks] = match;
    while ((above.at(-1)?.indent ?? -1) >= blanks.length) above.pop();
    const href = name.startsWith('/') ? name : (above.at(-1)?.href ?? '/') + name;
    above.push({ indent: blanks.length, href });
    return { href, content, property, locks: (locks?.split(', ') ?? []).map(readLock) };
  });
}

function readLock(text: string): DrawnLock {
  const words = text.split(' ');
  const depth = words.includes('depth') ? words.splice(words.indexOf('depth'), 2)[1] : undefined;
  const scope = words[0] === 'shared' ? (words.shift() as 'shared') : 'exclusive';
  const [name = '', principal = 'Ann'] = words;
  return { name, scope, depth: depth === '0' ? '0' : 'infinity', principal };
}

/** One line a resource, comparable: absolute, sorted, locks by name. */
export function flatten(tree: readonly Drawn[], show: { contents: boolean }): string[] {
  return tree
    .map(({ href, content, property, locks }) => {
      const inside = show.contents && content !== undefined ? ` (${content})` : '';
      const held = locks.map((lock) => lock.name).sort();
      return `${href}${inside}${property === undefined ? '' : ` {${property}}`}${held.length > 0 ? ` [${held.join(', ')}]` : ''}`;
    })
    .sort();
}
