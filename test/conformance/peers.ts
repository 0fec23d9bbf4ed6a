// `npm run conformance:peers -- [NAME ...] [--tables]`: the suite on other servers of Debian and on this one, in one table; with
// `--tables` that of each as well.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Peer, startPeer, versionOf } from './peer.ts';
import { PEERS } from './peer-list.ts';
import { type Compared, comparisonOf } from './peers-table.ts';
import { type Outcome, runSuite } from './suite.ts';
import { tableOf } from './table.ts';

const ROOT = join(import.meta.dirname, '../..');
const OWN = String(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version);

const words = process.argv.slice(2);
const strange = words.filter((word) => word !== '--tables' && !PEERS.some(({ name }) => name === word));
if (strange.length > 0) {
  process.stderr.write(`conformance: there is no ${strange[0]}: ${PEERS.map(({ name }) => name).join(', ')}.\n`);
  process.exit(2);
}
const names = words.filter((word) => word !== '--tables');

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const compared: Compared[] = [];
for (const peer of PEERS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const version = peer.packages.length > 0 ? versionOf(peer) : OWN;
  if (version === undefined) {
    process.stderr.write(`${peer.name} is not installed: apt-get install --no-install-recommends ${peer.packages.join(' ')}\n`);
    continue;
  }
  const outcome = await outcomeOf(peer);
  if (words.includes('--tables')) process.stdout.write(`\n${peer.name} ${version}\n\n${tableOf(outcome)}\n`);
  compared.push({ name: peer.name, version, outcome });
}
process.stdout.write(`\n${comparisonOf(compared)}\n`);

async function outcomeOf(peer: Peer): Promise<Outcome> {
  const running = await startPeer(peer);
  try {
    return await runSuite(running.url, undefined);
  } finally {
    await running.stop();
  }
}
