// Plays one group of rows: starts every server, asks each the same in turn, and tells of each row as soon as it is measured.
import type { BuiltPeer } from './built-peers.ts';
import { type Contender, enter, type Loads } from './contender.ts';
import { Cannot, Cut, type Group, Refused, type Scaled, type Scene } from './scene.ts';
import { medianOf } from './statistics.ts';
import { type Cell, type Column, lineOf, titleOf } from './table.ts';

export interface Entry {
  readonly peer: BuiltPeer;
  readonly column: Column;
}

export interface Telling {
  row(line: string): void;
  /** Why a cell is no number. */
  note(text: string): void;
  measured(server: string, figure: Scene['figures'][number], median: number): void;
}

export interface Terms {
  readonly scaled: Scaled;
  readonly loads: Loads;
  readonly repeats: number | undefined;
}

export async function playGroup(group: Group, entries: readonly Entry[], terms: Terms, telling: Telling): Promise<void> {
  const running = new Map<Entry, Contender>();
  const start = async (entry: Entry) => {
    try {
      running.set(entry, await enter(entry.peer, terms.loads, (served) => group.fill?.(served, terms.scaled) ?? Promise.resolve()));
    } catch (failure) {
      telling.note(`${group.name}, ${entry.peer.name}: ${messageOf(failure)}`);
    }
  };
  const stop = async (entry: Entry) => {
    const contender = running.get(entry);
    running.delete(entry);
    await contender?.stop();
  };
  // Families of rows in which a server has failed once.
  const failed = new Set<string>();
  try {
    for (const entry of entries) await start(entry);
    for (const scene of group.scenes(terms.scaled)) {
      const state = new Map<Entry, Standing>(entries.map((entry) => [entry, { said: undefined, runs: [] }]));
      const give = async (entry: Entry, act: (contender: Contender) => Promise<void>) => {
        const standing = state.get(entry);
        const contender = running.get(entry);
        if (standing === undefined || standing.said !== undefined) return;
        if (contender === undefined || failed.has(`${entry.peer.name} ${scene.family}`)) {
          standing.said = '–';
          return;
        }
        try {
          await act(contender);
        } catch (failure) {
          standing.said = wordFor(failure);
          telling.note(`${scene.figures[0] ? titleOf(scene.figures[0]) : ''}, ${entry.peer.name}: ${messageOf(failure)}`);
          if (scene.family) failed.add(`${entry.peer.name} ${scene.family}`);
          // Whatever it is still at would be timed with the next row; what has gone wrong may have left anything behind.
          if (failure instanceof Cannot || failure instanceof Refused) return;
          await stop(entry);
          await start(entry);
        }
      };
      for (const entry of entries) await give(entry, async (contender) => scene.check?.(contender));
      const physical: (readonly (number | undefined)[])[] = [];
      const repeats = terms.repeats ?? scene.repeats;
      for (let turn = 0; turn < repeats; turn += 1) {
        if (scene.physical) physical.push(await scene.physical());
        // Each begins once: who comes first finds the machine as the last one left it.
        for (let at = 0; at < entries.length; at += 1) {
          const entry = entries[(at + turn) % entries.length];
          if (entry) await give(entry, async (contender) => void state.get(entry)?.runs.push(await scene.run(contender)));
        }
      }
      tellScene(scene, entries, state, physical, telling);
    }
  } finally {
    for (const entry of entries) await stop(entry);
  }
}

type Word = Exclude<Cell, { median: number }>['said'];

interface Standing {
  said: Word | undefined;
  readonly runs: (readonly number[])[];
}

function tellScene(
  scene: Scene,
  entries: readonly Entry[],
  state: ReadonlyMap<Entry, Standing>,
  physical: readonly (readonly (number | undefined)[])[],
  telling: Telling,
): void {
  const columns = entries.map(({ column }) => column);
  scene.figures.forEach((figure, which) => {
    const cells = entries.map((entry): Cell => {
      const { said, runs } = state.get(entry) ?? { said: '–', runs: [] };
      const numbers = runs.flatMap((run) => run[which] ?? []);
      if (said !== undefined || numbers.length === 0) return { said: said ?? '–' };
      const median = medianOf(numbers);
      telling.measured(entry.peer.name, figure, median);
      return { median };
    });
    const limits = physical.flatMap((one) => one[which] ?? []);
    if (limits.length > 0) telling.measured('physical', figure, medianOf(limits));
    telling.row(lineOf(figure, columns, cells, limits.length > 0 ? medianOf(limits) : undefined, scene.durable));
  });
}

function wordFor(failure: unknown): Word {
  if (failure instanceof Cannot) return '–';
  if (failure instanceof Cut) return 'cut';
  return failure instanceof Refused ? 'refuses' : 'wrong';
}

export function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
