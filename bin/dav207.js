#!/usr/bin/env node
// Starts the built command line, or says in one line why that cannot be.
import { createRequire } from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);

/** @param {{ code?: string, message: string, requireStack?: string[] }} error `requireStack`: who asked for what is missing */
function remedyOf({ code, message, requireStack }) {
  if (major < 20 || (major === 20 && minor < 19)) return `Node ${process.versions.node} is too old: install 20.19 or newer`;
  if (code === 'MODULE_NOT_FOUND' && requireStack?.length === 1) return 'it is not built yet: npm ci && npm run build';
  if (code?.endsWith('MODULE_NOT_FOUND')) return `a part of it is missing (${message.split(/\n| imported from /)[0]}): install it again`;
  if (code === 'EMFILE' || code === 'ENFILE') return 'too many files are open: allow more with ulimit -n';
  return message;
}

/** Some of what is loaded asks where it is, and does not survive that there is no answer. */
function isSomewhere() {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}

/** One file and CommonJS, which Node loads in half the time that it takes for as many ES modules as there are sources. */
function load() {
  try {
    return createRequire(import.meta.url)('../dist/cli.cjs');
  } catch (error) {
    if (error instanceof SyntaxError && major >= 20) throw error;
    process.stderr.write(`dav207: it cannot start: ${remedyOf(error)}.\n`);
    process.exitCode = 2;
  }
}

if (!isSomewhere()) {
  process.stderr.write('dav207: the current folder is gone, or may not be looked at: go to another one with cd.\n');
  process.exit(2);
}
await load()?.main(process.argv.slice(2));
