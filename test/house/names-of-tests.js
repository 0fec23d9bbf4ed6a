// What the names of tests are made of, read from the source of a test file: not what stands in a comment, in the body of a test or in one that is skipped.
import { parseSync } from '@swc/core';

const FUNCTIONS = ['ArrowFunctionExpression', 'FunctionExpression', 'FunctionDeclaration', 'ClassDeclaration'];
const RUNNERS = ['describe', 'test'];
const NOT_RUN = ['skip', 'todo', 'failing', 'only'];
const OTHER_RUNNERS = /^(?:it|[fx](?:it|test|describe))$/;

/**
 * `names`: the titles of its tests, and the tables that titles are filled in from, at the top of the file or beside them.
 * `notRun`: each `.skip`, `.todo` and the like, and `.only`, which skips all others.
 */
export function namesOfTests(source) {
  const names = [];
  const notRun = [];
  visit(parseSync(source, { syntax: 'typescript' }), { names, notRun, named: true });
  return { names, notRun };
}

/** `named`: whether a literal here may be part of a name. */
function visit(node, found) {
  if (Array.isArray(node)) for (const each of node) visit(each, found);
  if (typeof node?.type !== 'string') {
    if (node?.expression) visit(node.expression, found); // an argument, or a member of an array
    return;
  }
  if (found.named && node.type === 'StringLiteral') found.names.push(node.value);
  if (found.named && node.type === 'TemplateElement') found.names.push(node.raw);
  const runner = node.type === 'MemberExpression' && NOT_RUN.includes(node.property.value) ? rootOf(node) : undefined;
  if (RUNNERS.includes(runner)) found.notRun.push(`${runner}.${node.property.value}`);
  if (node.type === 'CallExpression' && OTHER_RUNNERS.test(node.callee.value ?? '')) found.notRun.push(node.callee.value);

  // The callback of a describe holds tests; any other function is done and not named.
  const holdsTests = node.type === 'CallExpression' && rootOf(node) === 'describe';
  for (const [key, part] of Object.entries(node)) {
    if (key === 'span') continue;
    const bodies = holdsTests && key === 'arguments' ? part.map(({ expression }) => expression).filter(isFunction) : [];
    for (const { body } of bodies) visit(body, found);
    const rest = bodies.length > 0 ? part.filter(({ expression }) => !isFunction(expression)) : part;
    visit(rest, isFunction(node) ? { ...found, named: false } : found);
  }
}

function isFunction(node) {
  return FUNCTIONS.includes(node.type);
}

/** `describe` of `describe.each(table)`. */
function rootOf(node) {
  if (node.type === 'Identifier') return node.value;
  if (node.type === 'MemberExpression') return rootOf(node.object);
  return node.type === 'CallExpression' ? rootOf(node.callee) : undefined;
}
