// Runs what takes long, `NAME.long.test.ts`: very many cases or files, a crash at every write, another's work at every call, and what waits for processes or disks.
// `npm run test:laws -- --cases N --seed=S`: the laws of whole trees and the histories of two clients, as many of each as one likes, or those of a failure once more.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
// The same scenes each time, so that what fails is the change's; who asks for a number of them gets new ones.
const seed = values.seed ?? (values.cases === undefined ? '207' : undefined);
const jest = join(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
const args = ['--experimental-vm-modules', jest, '--testTimeout=86400000', '.long.test'];
const env = { ...process.env, DAV207_CASES: values.cases ?? '2000', ...(seed !== undefined && { DAV207_SEED: seed }) };
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1;
