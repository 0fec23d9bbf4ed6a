// What is in the tarball, and what the linters of packages think of it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Installed, succeed } from './installed.ts';

const ROOT = join(import.meta.dirname, '../../..');

export function tarballTests(installed: () => Installed): void {
  test('holds the build of what stands in src, nothing of an older one, and no more than a user needs', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && name !== 'cli.ts',
    );
    const built = sources.map((name) => `dist/${name.slice(0, -'.ts'.length)}`).flatMap((name) => [`${name}.js`, `${name}.d.ts`]);
    const beside = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'bin/dav207.js', 'dist/cli.cjs'];
    expect(installed().files).toEqual([...built, ...beside].sort());
  });

  test('publint finds nothing', async () => {
    const { folder, tarball } = installed();
    const { stdout } = await succeed(join(ROOT, 'node_modules/.bin/publint'), ['--strict', tarball], folder);
    expect(stdout).toContain('All good');
  });

  test('are the types wrong? Not for ES modules, which is what it is', async () => {
    const { folder, tarball } = installed();
    const args = ['--profile', 'esm-only', '--format', 'json', tarball];
    const { stdout } = await succeed(join(ROOT, 'node_modules/.bin/attw'), args, folder);
    const { analysis } = JSON.parse(stdout) as { readonly analysis: { readonly problems: readonly { readonly kind: string }[] } };
    expect(new Set(analysis.problems.map(({ kind }) => kind))).toEqual(new Set(['CJSResolvesToESM']));
  });
}
