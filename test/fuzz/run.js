// `npm run test:fuzz -- --cases N --seed=S`: hostile requests over raw sockets, as many of each kind as one likes, or those of a failure once more.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
const jest = join(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
const args = ['--experimental-vm-modules', jest, '--testTimeout=86400000', 'test/fuzz'];
const env = {
  ...process.env,
  ...(values.cases !== undefined && { DAV207_CASES: values.cases }),
  ...(values.seed !== undefined && { DAV207_SEED: values.seed }),
};
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1;
