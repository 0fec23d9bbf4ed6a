// `npm run test:laws -- --cases N --seed=S`: the laws of whole trees and the histories of two clients, as many of each as one likes, or those of a failure once more; and all else that takes long.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** What tries very many cases or files, a crash at every write, another program's work at every call, or waits for processes and disks. */
const LONG = [
  ...['test/laws', 'test/concurrency', 'test/conformance', 'test/scenarios', 'test/shape/random'],
  ...['test/operations/crash', 'test/operations/undo', 'test/operations/replay-cut', 'test/operations/if-random', 'test/operations/large'],
  ...['test/protocol/xml-builds', 'test/protocol/xml-random', 'test/protocol/xml-round-trip', 'test/server/large', 'test/server/presence'],
  ...['test/state/random', 'test/state/state-owner', 'test/state/lmdb-full'],
  ...['test/store/random', 'test/store/filesystem-clear', 'test/store/filesystem-lot', 'test/store/filesystem-swap'],
];

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
// The same scenes each time, so that what fails is the change's; who asks for a number of them gets new ones.
const seed = values.seed ?? (values.cases === undefined ? '207' : undefined);
const jest = join(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
const args = ['--experimental-vm-modules', jest, '--testTimeout=86400000', ...LONG];
const env = { ...process.env, DAV207_CASES: values.cases ?? '2000', ...(seed !== undefined && { DAV207_SEED: seed }) };
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1;
