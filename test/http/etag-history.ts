// What is done to a few files by clients and by other programs, and the entity-tags that were seen on the way, each with its content.
import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

/** A request, of the server under test. */
export type Send = (
  method: string,
  target: string,
  asking?: { headers?: Record<string, string>; body?: string },
) => Promise<{ readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly text: string }>;

export const FILES = ['/a', '/c/a', '/c/b', '/d/a'];
const COLLECTIONS = ['/c', '/d'];

/** Content is told by the step it was written in; it always has four bytes. */
export interface Step {
  readonly do: 'PUT' | 'COPY' | 'MOVE' | 'DELETE' | 'edit' | 'swap' | 'replace';
  readonly from: string;
  readonly to: string;
  /** Give it a time of long ago, too. */
  readonly dated: boolean;
}

const OF_FILES = { from: fc.constantFrom(...FILES), to: fc.constantFrom(...FILES), dated: fc.boolean() };
const OF_COLLECTIONS = { from: fc.constantFrom(...COLLECTIONS), to: fc.constantFrom(...COLLECTIONS), dated: fc.constant(false) };

/** By clients, several times in a row and without a pause; `outside`: by other programs as well. */
export function histories({ outside }: { readonly outside: boolean }): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('PUT', 'PUT', 'PUT', 'COPY', 'MOVE', 'DELETE'), ...OF_FILES }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('COPY', 'MOVE'), ...OF_COLLECTIONS }) },
    { weight: outside ? 4 : 0, arbitrary: fc.record({ do: fc.constantFrom('edit', 'swap', 'replace'), ...OF_FILES }) },
  );
  return fc.array(step, { minLength: 20, maxLength: 40, size: 'max' });
}

/** Throws when an entity-tag is seen at a URL where it stood for something else. */
export async function play(steps: readonly Step[], folder: string, send: Send): Promise<number> {
  const seen = new Map<string, string>();
  for (const path of [...FILES, ...COLLECTIONS]) rmSync(join(folder, path), { recursive: true, force: true });
  for (const [index, step] of steps.entries()) {
    for (const path of COLLECTIONS) mkdirSync(join(folder, path), { recursive: true });
    await carryOut(step, String(index).padStart(4, '0'), folder, send);
    for (const path of FILES) {
      const { status, headers, text } = await send('GET', path);
      if (status !== 200) continue;
      const key = `${path} ${headers.etag ?? headers.ETag}`;
      const before = seen.get(key);
      if (before !== undefined && before !== text) throw new Error(`${key} stood for ${before}, and now for ${text}, after step ${index}`);
      seen.set(key, text);
    }
  }
  return seen.size;
}

async function carryOut(step: Step, content: string, folder: string, send: Send): Promise<void> {
  const { from, to } = step;
  const dated: Record<string, string> = step.dated ? { 'X-OC-Mtime': '1000000000', 'x-oc-mtime': '1000000000' } : {};
  if (step.do === 'PUT') await send('PUT', from, { headers: dated, body: content });
  else if (step.do === 'DELETE') await send('DELETE', from);
  else if (step.do === 'COPY' || step.do === 'MOVE') await send(step.do, from, { headers: { Destination: to, destination: to } });
  else otherProgram(step, content, folder);
}

/**
 * Writes in place, puts another file there, or takes the file away and makes it anew. Never within a tick of the clock of what
 * was before or comes after: that might show in no number, and so to nobody who does not read the file.
 */
function otherProgram({ do: what, from, dated }: Step, content: string, folder: string): void {
  const place = join(folder, from);
  tick(folder);
  if (what === 'swap') {
    writeFileSync(`${place}.new`, content);
    renameSync(`${place}.new`, place);
  } else {
    if (what === 'replace') rmSync(place, { force: true });
    writeFileSync(place, content);
  }
  if (dated) utimesSync(place, 1e9, 1e9);
  tick(folder);
}

/** Until the clock of the disk has moved. */
function tick(folder: string): void {
  const written = () => {
    writeFileSync(join(folder, 'tick'), '');
    return statSync(join(folder, 'tick'), { bigint: true }).ctimeNs;
  };
  const before = written();
  while (written() === before);
}
