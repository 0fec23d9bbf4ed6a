// What the processes of a server hold in memory, now or at most since they were last asked: all of its process group.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Figure } from './scene.ts';

/** For the row of that figure. */
export function mostMemory({ name, size }: Figure): Figure {
  return { name: 'most memory', unit: 'MiB', better: 'less', below: name, ...(size !== undefined && { size }) };
}

/** Mebibytes, the memory that two of them share counted twice. */
export function memoryOf(group: number, what: 'VmRSS' | 'VmHWM'): number {
  const pattern = new RegExp(`^${what}:\\s+(\\d+) kB`, 'm');
  const kibibytes = processesOf(group).map((pid) => Number(pattern.exec(read(pid, 'status'))?.[1] ?? 0));
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}

/** From here on the most is counted anew (proc(5), clear_refs). */
export function forgetMost(group: number): void {
  for (const pid of processesOf(group)) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function processesOf(group: number): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && groupOf(read(name, 'stat')) === group);
}

/** The name of the program, the second field, may hold anything. */
function groupOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

function read(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // It has ended.
  }
}
