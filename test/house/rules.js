// `npm run coverage:rules`: which rules of the standards have a test that bears their id, and which are deviated from on purpose.
// A rule with neither fails, and so does a test that is skipped. A folder may be named that is looked at instead of this project.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesOfTests } from './names-of-tests.js';

const ROOT = process.argv[2] ?? join(import.meta.dirname, '../..');
const FAMILIES = {
  D: 'RFC 4918 WebDAV',
  H: 'RFC 9110 HTTP',
  V: 'RFC 3253 versioning, what others borrow',
  A: 'RFC 3744, 5397 principals',
  E: 'RFC 5689 extended MKCOL',
  F: 'RFC 7240, 8144 Prefer',
  G: 'RFC 9530 digests',
  P: 'RFC 5789 PATCH',
  Q: 'RFC 4331 quota',
  U: 'RFC 7617 Basic',
  B: 'RFC 5842 bindings',
  Z: 'what clients expect',
};

/** A line of fixtures/rules.tsv: an id and its level. */
const rules = readFileSync(join(ROOT, 'fixtures/rules.tsv'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => ({ id: line.split('\t')[0], level: line.split('\t')[1] }));
const known = new Set(rules.map(({ id }) => id));

const ID = /(?<![\w.-])[A-Z]-[0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*(?![\w-])/g;

function filesIn(folder, ending) {
  return readdirSync(join(ROOT, folder), { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, text: readFileSync(join(ROOT, folder, name), 'utf8') }));
}

const tests = filesIn('test', '.test.ts').map(({ name, text }) => ({ name, ...namesOfTests(text) }));
const titles = filesIn('fixtures/scenarios', '.txt').flatMap(({ text }) => text.match(/^(?:#|==) .*$/gm) ?? []);
const mentioned = [...tests.flatMap(({ names }) => names), ...titles].flatMap((name) => name.match(ID) ?? []);
const tested = new Set(mentioned);
const rows = readFileSync(join(ROOT, 'CONFORMANCE.md'), 'utf8').match(/^\| [A-Z]-\S+ .*$/gm) ?? [];
const deviating = new Set(rows.flatMap((row) => row.split('|')[1].match(ID) ?? []));

const missing = rules.filter(({ id }) => !tested.has(id) && !deviating.has(id));
const strangers = [...new Set([...mentioned, ...deviating])].filter((id) => FAMILIES[id[0]] && /-\d/.test(id) && !known.has(id));

const columns = ['rules', 'tested', 'deviating', 'neither'];
console.log(`${''.padEnd(42)}${columns.map((column) => column.padStart(column.length + 2)).join('')}`);
for (const [letter, name] of [...Object.entries(FAMILIES), ['', 'all']]) {
  const ours = rules.filter(({ id }) => id.startsWith(letter));
  const without = missing.filter(({ id }) => id.startsWith(letter));
  const counts = [
    ours.length,
    ours.filter(({ id }) => tested.has(id)).length,
    ours.filter(({ id }) => deviating.has(id)).length,
    without.length,
  ];
  const cells = counts.map((count, index) => String(count).padStart(columns[index].length + 2));
  console.log(`${(letter ? `${letter}  ${name}` : name).padEnd(42)}${cells.join('')}`);
}

const failures = [
  ...missing.map(({ id, level }) => `${id} (${level}) has no test and is not in CONFORMANCE.md`),
  ...strangers.map((id) => `${id} is in no list of rules`),
  ...tests.flatMap(({ name, notRun }) => notRun.map((what) => `${name} has a ${what}`)),
];
for (const failure of failures) console.error(failure);
if (failures.length > 0) process.exitCode = 1;
