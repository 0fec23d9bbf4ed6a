// What is under a folder: the kind of file system, and how long it takes to confirm what is written.
import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { medianOf } from './statistics.ts';

const BLOCK = Buffer.alloc(4096);

export function kindOf(folder: string): string {
  return (spawnSync('df', ['--output=fstype', folder], { encoding: 'utf8' }).stdout.split('\n')[1] ?? '').trim();
}

/** Milliseconds until a block that is appended is on the disk, as the disk has it. */
export function confirmationOf(folder: string, times = 100): number {
  const path = join(folder, 'confirmed');
  const file = openSync(path, 'w');
  const turns: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const begun = performance.now();
    writeSync(file, BLOCK);
    fsyncSync(file);
    turns.push(performance.now() - begun);
  }
  closeSync(file);
  rmSync(path);
  return medianOf(turns);
}
