#!/usr/bin/env node
// Starts the built command line, or says in one line why that cannot be.
const [major, minor] = process.versions.node.split('.').map(Number);

const cli = new URL('../dist/cli.js', import.meta.url);

/** @param {{ code?: string, message: string, url?: string }} error `url`: of the file that is missing; a package has none */
function remedyOf({ code, message, url }) {
  if (major < 20 || (major === 20 && minor < 19)) return `Node ${process.versions.node} is too old: install 20.19 or newer`;
  if (code === 'ERR_MODULE_NOT_FOUND' && url === cli.href) return 'it is not built yet: npm ci && npm run build';
  if (code === 'ERR_MODULE_NOT_FOUND') return `a part of it is missing (${message.split(' imported from ')[0]}): install it again`;
  if (code === 'EMFILE' || code === 'ENFILE') return 'too many files are open: allow more with ulimit -n';
  return message;
}

/** Some of what is imported asks where it is, and does not survive that there is no answer. */
function isSomewhere() {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}

if (!isSomewhere()) {
  process.stderr.write('dav207: the current folder is gone, or may not be looked at: go to another one with cd.\n');
  process.exit(2);
}

const started = await import(cli.href).catch((error) => {
  if (error instanceof SyntaxError && major >= 20) throw error;
  process.stderr.write(`dav207: it cannot start: ${remedyOf(error)}.\n`);
  process.exitCode = 2;
});
await started?.main(process.argv.slice(2));
