// The step-by-step way: a scene planned with every collection looked into, then judged, run and reported without the dispatch.
import { blockedIn, claimantOf } from '../../src/operations/admission.ts';
import type { Context } from '../../src/operations/context.ts';
import { judge } from '../../src/operations/judge.ts';
import type { Plan } from '../../src/operations/plan.ts';
import { planCopy } from '../../src/operations/plan-copy.ts';
import { planDelete } from '../../src/operations/plan-delete.ts';
import { planMove } from '../../src/operations/plan-move.ts';
import { report } from '../../src/operations/report.ts';
import { run } from '../../src/operations/run.ts';
import { type Apart, growTree, membersOf } from '../../src/operations/tree.ts';
import { DavError } from '../../src/protocol/error.ts';
import type { DavRequest } from '../../src/protocol/message.ts';
import { type Path, parentOf, parseTarget, rebase } from '../../src/protocol/path.ts';
import { memoryState } from '../../src/state/memory.ts';
import { memoryStore } from '../../src/store/memory.ts';
import { makeWorld } from '../scenarios/world.ts';
import { type AnswerRow, bodyOf } from './answer-rows.ts';
import { NOW, type Play, plant, withTokens } from './play.ts';
import { pathOf, type Scene } from './scene.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';

export interface Stepwise {
  readonly plan: Plan;
  /** 200 stands for any success. */
  readonly status: number;
  readonly rows: readonly AnswerRow[];
  readonly after: Snapshot;
}

/**
 * Of a DELETE, COPY or MOVE that is let in, and without faults. What is locked and not opened (`closed`) is one step, and so is
 * an empty collection that is moved: as judge and run are promised, and to them it makes a difference.
 */
export async function stepwise({ scene, before }: Play, closed: readonly Path[]): Promise<Stepwise> {
  const store = memoryStore();
  const state = memoryState();
  await plant(scene.tree, store, state);
  const { context } = makeWorld({ store, state, now: () => NOW });
  const roots = new Set(closed);
  const full = new Set([...before.resources.keys()].map(parentOf));
  const interest = (path: Path) => !roots.has(path) && (scene.asked.method !== 'MOVE' || full.has(path));
  const plan = await planOf(requestOf(scene), context, interest);
  const result = await run(plan, judge(plan), context);
  const answer = reportOf(() => report(plan, result, { base: '', handling: { strict: false, rows: 'all', asked: undefined } }));
  return { plan, ...answer, after: await snapshotOf(store, state, NOW) };
}

/** The only place of the laws that knows how the planners are called. */
async function planOf(request: DavRequest, context: Context, interest: (path: Path) => boolean): Promise<Plan> {
  const { store } = context;
  const { method, headers, target } = request;
  const source = await store.stat(target.path);
  if (!source) throw new Error('there is nothing to plan for');
  const who = await claimantOf(request, context);
  const to = method === 'DELETE' ? undefined : pathOf(headers.destination ?? '');
  const destination = to && (await store.stat(to));
  const sides = method === 'COPY' ? [] : [target.path];
  const blocked = await blockedIn([...sides, ...(to && destination ? [to] : [])], who, context);
  /** Told by where the collection is, or where its copy would be. */
  const each = (at: (path: Path) => Path): Apart => {
    return async (path) => {
      const whole = !interest(at(path)) || blocked.at(at(path)) !== undefined;
      return whole ? undefined : (await membersOf(store, path)).map((member) => member.path);
    };
  };
  const here = each((path) => path);
  if (to === undefined) return planDelete(await growTree(store, source, here, false), blocked);
  if (method === 'MOVE')
    return planMove({ source: await growTree(store, source, here, false), to, destination, blocked, modified: undefined });
  const mirrored = each((path) => rebase(path, target.path, to));
  return planCopy({
    source: await growTree(store, source, mirrored, true),
    to,
    destination: destination && (await growTree(store, destination, here, false)),
    shallow: headers.depth === '0',
    blocked,
    modified: undefined,
  });
}

function requestOf({ asked: { method, target, headers } }: Scene): DavRequest {
  const parsed = parseTarget(target);
  if (!parsed) throw new Error('outside');
  return {
    method,
    target: parsed,
    base: '',
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, withTokens(value)])),
    hosts: ['dav.example'],
    principal: 'Ann',
    body: { length: 0, open: async function* () {} },
  };
}

function reportOf(reported: () => ReturnType<typeof report>): Pick<Stepwise, 'status' | 'rows'> {
  try {
    const answer = reported();
    return answer ? { status: answer.status, rows: bodyOf(String(answer.body)).rows } : { status: 200, rows: [] };
  } catch (error) {
    if (!(error instanceof DavError)) throw error;
    return { status: error.status, rows: [] };
  }
}
