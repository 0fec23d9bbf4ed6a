// Holds the laws of requests on whole trees to random scenes of one method: `npm run test:laws -- --cases N --seed=S` for more of them.
import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Path } from '../../src/protocol/path.ts';
import { destinationOf, type Law, type Plays, STRICT, targetOf } from './law.ts';
import { multistatusLaws } from './multistatus-laws.ts';
import { planLaws } from './plan-laws.ts';
import { beginning, type Play, play } from './play.ts';
import { closedRoots } from './protection.ts';
import { scenes } from './random-scene.ts';
import { scenarioText } from './scenario-text.ts';
import type { MethodName, Scene } from './scene.ts';
import { stateLaws } from './state-laws.ts';
import { statusLaws } from './status-laws.ts';
import { stepwise } from './stepwise.ts';
import { treeLaws } from './tree-laws.ts';

/** Of each method; every law is asked of every scene. */
const CASES = Number(process.env.DAV207_CASES ?? 2000);
const SEED = process.env.DAV207_SEED;
const LAWS = [...multistatusLaws, ...statusLaws, ...treeLaws, ...stateLaws, ...planLaws];

/** Throws an Error that shows the smallest scene it has found for a law that is broken. */
export async function keepsEveryLaw(method: MethodName): Promise<void> {
  let first: Law | undefined;
  const statuses: number[] = [];
  const keeps = fc.asyncProperty(scenes(method), async (scene) => {
    const plays = await playsOf(scene);
    statuses.push(plays.main.status);
    // The case is made smaller for the law that was broken first, not for whichever a smaller one breaks.
    const law = first ?? LAWS.find(({ broken }) => broken(plays) !== undefined);
    first = law;
    return law?.broken(plays) === undefined;
  });
  const details = await fc.check(keeps, { numRuns: CASES, ...(SEED !== undefined && { seed: Number(SEED) }) });
  const [scene] = details.counterexample ?? [];
  if (details.failed && scene && first) throw new Error(await complaint(first, scene, details));
  if (details.failed) throw details.errorInstance;
  // What is asked is worth it: a good part of the scenes is done, and where that can be, a part of them in part.
  const shareOf = (holds: (status: number) => boolean) => statuses.filter(holds).length / statuses.length;
  expect(shareOf((status) => status < 207)).toBeGreaterThan(0.1);
  if (method !== 'UNLOCK') expect(shareOf((status) => status === 207)).toBeGreaterThan(0.02);
}

async function playsOf(scene: Scene): Promise<Plays> {
  const { method } = scene.asked;
  const before = await beginning(scene);
  const main = await play(scene, before);
  const sound = scene.faults.length > 0 ? await play({ ...scene, faults: [] }, before) : main;
  const planned = method === 'DELETE' || method === 'COPY' || method === 'MOVE';
  return {
    main,
    minimal: main.rows.length > 0 ? await play(scene, before, { prefer: 'return=minimal' }) : main,
    strict: STRICT.includes(method) ? await play(scene, before, { prefer: 'handling=strict' }) : undefined,
    sound,
    // What is not let in is not planned.
    stepwise: planned && sound.status > 0 && sound.status < 400 ? await stepwise(sound, closedIn(sound)) : undefined,
    free: hasLocks(scene) ? await playFree(scene) : sound,
  };
}

async function playFree(scene: Scene): Promise<Play> {
  const free = withoutLocks({ ...scene, faults: [] });
  return play(free, await beginning(free));
}

function closedIn(sound: Play): Path[] {
  const to = destinationOf(sound);
  const trees = sound.scene.asked.method === 'COPY' ? [] : [targetOf(sound)];
  return [...trees, ...(to === undefined ? [] : [to])].flatMap((tree) => closedRoots(sound, tree));
}

function hasLocks({ tree }: Scene): boolean {
  return tree.some(({ locks }) => locks.length > 0);
}

function withoutLocks({ tree, faults, asked }: Scene): Scene {
  const { if: _, ...headers } = asked.headers;
  return { tree: tree.map((drawn) => ({ ...drawn, locks: [] })), faults, asked: { ...asked, headers } };
}

async function complaint(law: Law, scene: Scene, { seed, numRuns, numShrinks }: fc.RunDetails<[Scene]>): Promise<string> {
  const broken = law.broken(await playsOf(scene));
  return [
    `The law "${law.name}" is broken: ${law.sentence}`,
    broken?.why,
    '',
    broken && scenarioText(law.name, broken.play),
    ...(broken?.play.staged ?? []).map((path) => `(left in the staging place: ${path})`),
    '',
    `(case ${numRuns}, made smaller ${numShrinks} times; npm run test:laws -- --cases ${numRuns} --seed=${seed})`,
  ].join('\n');
}
