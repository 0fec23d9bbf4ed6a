// The owner of a state folder: the one live process that may write it, by the record it leaves in the folder.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another state, in the live process `pid` (maybe this one), owns the folder. */
export class StateInUse extends Error {
  readonly folder: string;
  readonly pid: number;
  /** The record, where it is of another machine, or of this one before it was started again: whether that process lives cannot be known. */
  readonly foreign: string | undefined;

  constructor(folder: string, pid: number, foreign?: string) {
    const whose = foreign === undefined ? '' : ` of another machine, unless that has ended: then delete ${foreign}`;
    super(`${folder} is in use by process ${pid}${whose}.`);
    this.name = 'StateInUse';
    this.folder = folder;
    this.pid = pid;
    this.foreign = foreign;
  }
}

export interface Place {
  readonly folder: string;
  /** Whether other machines reach it: what one of them says of its processes cannot be checked here. */
  readonly shared: boolean;
}

/**
 * Throws StateInUse when a live process owns `folder`, or may do so, and an Error when its `owner` is a file of somebody else's.
 * A folder that is not there is free.
 */
export function checkOwner({ folder, shared }: Place): void {
  const owner = readOwner(folder);
  if (owner === 'foreign') throw new Error('a file named owner is in it that is not of this server');
  if (!owner) return;
  if (shared && bootOf(owner.start) !== bootOf(startOf(process.pid))) throw new StateInUse(folder, owner.pid, recordIn(folder));
  if (isAlive(owner)) throw new StateInUse(folder, owner.pid);
}

/** The process that owns `folder` now, if it is this one. */
export function isOwnedHere(folder: string): boolean {
  const owner = readOwner(folder);
  return typeof owner === 'object' && owner.pid === process.pid && isAlive(owner);
}

/**
 * Make this process the owner of `folder`, or throw StateInUse. The caller sees to it that no two processes are in
 * here at once; a reader meets the old record or the new one, never half of one.
 */
export function claim(place: Place): void {
  checkOwner(place);
  const { folder } = place;
  const draft = join(folder, `owner-${process.pid}`);
  writeFileSync(draft, `${process.pid} ${startOf(process.pid) ?? ''}\n`, { mode: 0o600 });
  renameSync(draft, recordIn(folder));
}

/** Throws the first failure, but not before all have been tried. */
export function release(folders: readonly string[]): void {
  const failures = folders.flatMap((folder) => {
    try {
      if (isOwnedHere(folder)) rmSync(recordIn(folder), { force: true });
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (failures.length > 0) throw failures[0];
}

function recordIn(folder: string): string {
  return join(folder, 'owner');
}

interface Owner {
  readonly pid: number;
  /** What `startOf` said of it; '' where that is not known. */
  readonly start: string;
}

/** What is no record may be somebody's own file, unless there is nothing in it: a power cut may leave that. */
function readOwner(folder: string): Owner | 'foreign' | undefined {
  try {
    const record = readFileSync(recordIn(folder), 'latin1');
    if (/^\0*$/.test(record)) return undefined;
    const match = /^(\d+) (\S+ \d+|-)?\n$/.exec(record);
    return match ? { pid: Number(match[1]), start: match[2] ?? '' } : 'foreign';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Process ids are used again, so the start time must agree as well, where it can be known. */
function isAlive({ pid, start }: Owner): boolean {
  if (!isThere(pid)) return false;
  const now = startOf(pid);
  if (now === undefined) return isThere(pid); // it may have ended in between
  return start === '' || now === start;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Boot id and clock ticks from then to the start of `pid`; '-' for a zombie, undefined where there is no (visible) proc(5). */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from field 3 on: a command may hold spaces and `)`
    if (fields[0] === 'Z' || fields[0] === 'X') return '-';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** The boot id in what `startOf` said; '' where it said none. */
function bootOf(start: string | undefined): string {
  return start?.split(' ')[0] ?? '';
}
