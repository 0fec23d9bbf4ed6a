// xmllint (Debian package libxml2-utils), the second opinion of the XML tests.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For each document whether xmllint finds it well-formed, namespaces included. */
export function xmllintAccepts(documents: readonly (string | Buffer)[]): boolean[] {
  const folder = mkdtempSync(join(tmpdir(), 'xmllint-'));
  try {
    const files = documents.map((_, index) => `${index}.xml`);
    documents.forEach((document, index) => {
      writeFileSync(join(folder, `${index}.xml`), document);
    });
    const run = xmllint(['--noout', '--nonet', ...files], { cwd: folder });
    const refused = new Set(Array.from(run.stderr.matchAll(/^(\d+\.xml):\d+: (?:parser|namespace) error : /gm), ([, file]) => file));
    return files.map((file) => !refused.has(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The document in exclusive canonical XML: without the declarations that no name needs. */
export function canonical(document: string): string {
  const run = xmllint(['--exc-c14n', '-'], { input: document });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

function xmllint(args: readonly string[], options: { cwd?: string; input?: string }): SpawnSyncReturns<string> {
  const run = spawnSync('xmllint', args, { ...options, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.error) throw new Error('xmllint did not run: apt-get install libxml2-utils', { cause: run.error });
  return run;
}
