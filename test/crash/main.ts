// `npm run test:crash -- --kills N --seed=S`: kills the built server N times under load. A violation is printed with its history, and is exit code 1.
import { parseArgs } from 'node:util';
import { crash } from './crash.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { kills: { type: 'string', default: '20' }, seed: { type: 'string' }, clients: { type: 'string', default: '8' } },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
// What stands behind `--` goes to the server.
const asked = { kills: Number(values.kills), clients: Number(values.clients), seed, args: positionals };
const { kills, atStart, acknowledged, violations } = await crash({ ...asked, tell: (text) => process.stdout.write(`VIOLATION ${text}\n`) });
process.stdout.write(
  `${kills} kills (${atStart} in the first milliseconds of a start), ${acknowledged} requests answered, ${violations} violations, seed ${seed}\n`,
);
process.exitCode = violations > 0 ? 1 : 0;
