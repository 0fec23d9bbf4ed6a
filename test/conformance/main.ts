// `npm run conformance -- URL`: plays the failure scenarios of RFC 4918 on any WebDAV server, and says what it makes of them.
import { readArguments, UsageMistake } from './arguments.ts';
import { runSuite } from './suite.ts';
import { exitCodeOf, tableOf } from './table.ts';

try {
  const { url, user, json } = readArguments(process.argv.slice(2));
  const outcome = await runSuite(url, user);
  process.stdout.write(`${json ? JSON.stringify(outcome, null, 2) : tableOf(outcome)}\n`);
  process.exitCode = exitCodeOf(outcome);
} catch (error) {
  if (!(error instanceof UsageMistake)) throw error;
  process.stderr.write(`conformance: ${error.message}\n`);
  process.exitCode = 2;
}
