// The scenarios that HTTP alone can show: those of fixtures/scenarios that need no fault of the store and no second person, and more.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScenarios, type Scenario, type Variant } from '../scenarios/scenario.ts';

const FIXTURES = ['scenarios', 'conformance'].map((name) => join(import.meta.dirname, '../../fixtures', name));

export interface Case {
  readonly scenario: Scenario;
  readonly variant: Variant;
}

export interface Cases {
  readonly cases: readonly Case[];
  /** Variants that HTTP cannot show. */
  readonly hidden: readonly Case[];
  /** Variants with `Prefer`, which RFC 4918 does not know. */
  readonly preferring: readonly Case[];
}

export function readCases(): Cases {
  const all = FIXTURES.flatMap((folder) => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')))
    .flatMap(readScenarios)
    .sort((one, other) => numberOf(one) - numberOf(other))
    .flatMap((scenario) => scenario.variants.map((variant) => ({ scenario, variant })))
    // What PROPPATCH and an extended MKCOL do with properties is for litmus to show.
    .filter(({ variant }) => variant.instructions.length === 0);
  const hidden = all.filter(needsMore);
  const preferring = all.filter((each) => !needsMore(each) && each.variant.headers.prefer !== undefined);
  return { hidden, preferring, cases: all.filter((each) => !hidden.includes(each) && !preferring.includes(each)) };
}

/** A fault of the store, or somebody else's locks. */
function needsMore({ scenario: { tree, faults }, variant }: Case): boolean {
  return faults.length > 0 || variant.principal !== 'Ann' || tree.some(({ locks }) => locks.some(({ principal }) => principal !== 'Ann'));
}

/** S1 to S15 come first, then what has no number, then C1 and on. */
function numberOf({ title }: Scenario): number {
  const [, letter, number] = /^([SC])(\d+)/.exec(title) ?? [];
  return letter === 'S' ? Number(number) : letter === 'C' ? 1000 + Number(number) : 500;
}
