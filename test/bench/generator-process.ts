// The process that makes the load: takes jobs from its parent and tells what came of each.
import { exchange } from './exchanging.ts';
import type { FromGenerator, Job, ToGenerator, Told } from './jobs.ts';
import { download, upload } from './transferring.ts';

const running = new Map<number, AbortController>();

process.on('message', (message: ToGenerator) => {
  if ('stop' in message) running.get(message.id)?.abort();
  else void work(message.id, message.job);
});
process.once('disconnect', () => process.exit());

async function work(id: number, job: Job): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  let cut = false;
  const timer = setTimeout(() => {
    cut = true;
    stop.abort();
  }, job.patience);
  const told = await tell(job, stop.signal);
  clearTimeout(timer);
  running.delete(id);
  const answer: FromGenerator = { id, told: cut ? { ...told, cut } : told };
  process.send?.(answer);
}

function tell(job: Job, stopped: AbortSignal): Promise<Told> {
  if (job.kind === 'exchanges') return exchange(job, stopped);
  return job.kind === 'download' ? download(job, stopped) : upload(job, stopped);
}
