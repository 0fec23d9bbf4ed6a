// Plays one group of rows: starts every server, asks each the same in turn, and tells of each row as soon as it is measured.
import type { BuiltPeer } from './built-peers.ts';
import { type Contender, enter, type Loads } from './contender.ts';
import type { Pace } from './pace.ts';
import { Cannot, Cut, type Group, Refused, type Scaled, type Scene } from './scene.ts';
import { medianOf } from './statistics.ts';
import { type Cell, type Column, lineOf, titleOf } from './table.ts';

/** Milliseconds that all runs of a row may take one server, but for the first. */
const ENOUGH = 10_000;

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
  /** Where the folders of the servers are. */
  readonly place: string;
  readonly loads: Loads;
  readonly pace: Pace;
  readonly repeats: number | undefined;
}

export async function playGroup(group: Group, entries: readonly Entry[], terms: Terms, telling: Telling): Promise<void> {
  const running = new Map<Entry, Contender>();
  const start = async (entry: Entry) => {
    const peer = group.as?.(entry.peer) ?? entry.peer;
    try {
      const fill = async (served: string) => group.fill?.(served, terms.scaled);
      running.set(entry, await enter(peer, terms.loads, terms.place, fill));
    } catch (failure) {
      telling.note(`${group.name}, ${peer.name}: ${messageOf(failure)}`);
    }
  };
  const stop = async (entry: Entry) => {
    const contender = running.get(entry);
    running.delete(entry);
    await contender?.stop();
  };
  try {
    for (const entry of entries) await start(entry);
    for (const scene of group.scenes(terms.scaled)) {
      await playScene(scene, entries, terms, telling, {
        get: (entry) => running.get(entry),
        async again(entry) {
          await stop(entry);
          await start(entry);
        },
      });
    }
  } finally {
    for (const entry of entries) await stop(entry);
  }
}

interface Contenders {
  /** undefined: it does not start, which has been told. */
  get(entry: Entry): Contender | undefined;
  again(entry: Entry): Promise<void>;
}

/** Milliseconds of what is timed, without what it needs to be made ready. */
function longestOf(scene: Scene, figures: readonly (number | undefined)[]): number | undefined {
  const times = scene.figures.flatMap(({ unit }, which) => {
    const figure = figures[which];
    if (figure === undefined) return [];
    return unit === 's' ? [figure * 1000] : unit === 'ms' ? [figure] : [];
  });
  return times.length > 0 ? Math.max(...times) : undefined;
}

type Word = Exclude<Cell, { median: number }>['said'];

interface Standing {
  said: Word | undefined;
  milliseconds: number;
  readonly runs: (readonly (number | undefined)[])[];
}

async function playScene(scene: Scene, entries: readonly Entry[], terms: Terms, telling: Telling, contenders: Contenders): Promise<void> {
  const [{ name = '', size = 1 } = {}] = scene.figures;
  const { family = name } = scene;
  const standings = new Map<Entry, Standing>();
  const note = (entry: Entry, text: string) =>
    telling.note(`${scene.figures[0] ? titleOf(scene.figures[0]) : ''}, ${entry.peer.name}: ${text}`);
  for (const entry of entries) {
    const verdict = contenders.get(entry) && terms.pace.verdict(entry.peer.name, family, size);
    standings.set(entry, { said: contenders.get(entry) ? verdict?.said : '–', milliseconds: 0, runs: [] });
    // What failed in this very row at a smaller size has been told there.
    if (verdict !== undefined && !(verdict.said === '–' && family === name)) note(entry, verdict.reason);
  }
  const give = async (entry: Entry, act: (contender: Contender, standing: Standing) => Promise<void>) => {
    const standing = standings.get(entry);
    const contender = contenders.get(entry);
    if (standing === undefined || standing.said !== undefined || contender === undefined) return;
    try {
      await act(contender, standing);
    } catch (failure) {
      standing.said = wordFor(failure);
      note(entry, messageOf(failure));
      if (scene.family) terms.pace.failed(entry.peer.name, family, messageOf(failure));
      // Whatever it is still at would be timed with the next row; what has gone wrong may have left anything behind.
      if (!(failure instanceof Cannot) && !(failure instanceof Refused)) await contenders.again(entry);
    }
  };
  for (const entry of entries) await give(entry, async (contender) => scene.check?.(contender));
  const physical: (readonly (number | undefined)[])[] = [];
  const repeats = terms.repeats ?? scene.repeats;
  let spent = 0; // Milliseconds, by the last one without a server.
  for (let turn = 0; turn < repeats; turn += 1) {
    if (scene.physical && turn * spent <= ENOUGH) {
      const begun = performance.now();
      physical.push(await scene.physical());
      spent = performance.now() - begun;
    }
    // Each begins once: who comes first finds the machine as the last one left it.
    for (let at = 0; at < entries.length; at += 1) {
      const entry = entries[(at + turn) % entries.length];
      if (entry === undefined) continue;
      await give(entry, async (contender, standing) => {
        const { milliseconds, runs } = standing;
        if (milliseconds + milliseconds / runs.length > ENOUGH) return;
        const begun = performance.now();
        const figures = await scene.run(contender);
        standing.milliseconds += performance.now() - begun;
        runs.push(figures);
        if (scene.family) terms.pace.took(entry.peer.name, family, size, longestOf(scene, figures) ?? performance.now() - begun);
      });
    }
  }
  tellScene(scene, entries, standings, physical, telling);
}

function tellScene(
  scene: Scene,
  entries: readonly Entry[],
  standings: ReadonlyMap<Entry, Standing>,
  physical: readonly (readonly (number | undefined)[])[],
  telling: Telling,
): void {
  const columns = entries.map(({ column }) => column);
  scene.figures.forEach((figure, which) => {
    const cells = entries.map((entry): Cell => {
      const { said, runs } = standings.get(entry) ?? { said: '–', runs: [] };
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
