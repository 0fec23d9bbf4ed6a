// Prints a scene and what came of it as a scenario file would hold it.
import type { Drawn, DrawnLock } from '../scenarios/drawing.ts';
import { rowText } from './answer-rows.ts';
import type { Play } from './play.ts';
import type { Asked } from './scene.ts';
import { difference, drawingOf } from './snapshot.ts';

export function scenarioText(title: string, play: Play): string {
  const { scene, before, after, status, rows, named } = play;
  const { tree, faults, asked } = scene;
  const answer = rows.length > 0 ? rows.map(rowText) : named;
  return [
    `# ${title}`,
    'tree',
    ...indented(treeText(tree, fullLock)),
    ...faults.map(({ verb, at, status: code, call }) => `fault ${verb} ${at} ${code}${call === undefined ? '' : ` call ${call}`}`),
    '',
    '== as it was asked',
    ...requestText(asked),
    `-> ${status}`,
    ...indented(answer),
    ...(difference(before, after) === undefined ? ['unchanged'] : ['after', ...indented(treeText(drawingOf(after), ({ name }) => name))]),
  ].join('\n');
}

/** The root has a line where there is something to say of it. */
function treeText(tree: readonly Drawn[], lockText: (lock: DrawnLock) => string): string[] {
  return tree
    .filter(({ href, property, locks }) => href !== '/' || property !== undefined || locks.length > 0)
    .map((drawn) => {
      const names = drawn.href.split('/').filter(Boolean);
      const name = names.length > 1 ? `${names.at(-1)}${drawn.href.endsWith('/') ? '/' : ''}` : drawn.href;
      const content = drawn.content === undefined ? '' : ` (${drawn.content})`;
      const property = drawn.property === undefined ? '' : ` {${drawn.property}}`;
      const locks = drawn.locks.length > 0 ? ` [${drawn.locks.map(lockText).join(', ')}]` : '';
      return `${'  '.repeat(Math.max(names.length - 1, 0))}${name}${content}${property}${locks}`;
    });
}

function fullLock({ name, scope, depth, principal }: DrawnLock): string {
  return [
    ...(scope === 'shared' ? [scope] : []),
    name,
    ...(principal === 'Ann' ? [] : [principal]),
    ...(depth === '0' ? ['depth 0'] : []),
  ].join(' ');
}

function requestText({ method, target, headers, scope }: Asked): string[] {
  const capitals = (name: string) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  const shared = method === 'LOCK' && scope === 'shared' ? ' shared' : '';
  return [`${method} ${target}${shared}`, ...Object.entries(headers).map(([name, value]) => `${capitals(name)}: ${value}`)];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
