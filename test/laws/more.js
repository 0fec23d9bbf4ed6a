// `npm run test:laws -- --cases N --seed S`: the laws on as many scenes as one likes, or on those of a failure once more.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { cases: { type: 'string', default: '20000' }, seed: { type: 'string' } } });
const jest = join(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
const args = ['--experimental-vm-modules', jest, '--testTimeout=86400000', 'test/laws'];
const env = { ...process.env, DAV207_LAW_CASES: values.cases, ...(values.seed !== undefined && { DAV207_LAW_SEED: values.seed }) };
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1;
