// What a row of the benchmark is: a thing that every server is asked to do, checked first, then timed.
import type { BuiltPeer } from './built-peers.ts';
import type { Contender } from './contender.ts';
import type { Stock } from './stock.ts';

/** The server does not do this: a dash. */
export class Cannot extends Error {}
/** It answers, and the answer is wrong. */
export class Wrong extends Error {}
/** It may do the whole, and does none of it: right, but nothing to compare the doing with. */
export class Refused extends Error {}
/** It was given the time there is, and was not done. */
export class Cut extends Error {}

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly better: 'less' | 'more';
  /** How large what it is measured on is; figures of one name then tell how the cost grows, those of a rate how that of all of it does. */
  readonly size?: number;
  /** The name of the figure that this is told below of, as one more thing of the same. */
  readonly below?: string;
}

export interface Scene {
  readonly figures: readonly Figure[];
  readonly repeats: number;
  /** The first figure's name, or that of a row before it that is of the same: what failed once, or is going to take too long, is not asked for. */
  readonly family?: string;
  /** Only servers that keep locks on the disk are worth comparing with. */
  readonly durable?: true;
  /** The same without a server, figure by figure. */
  physical?(): Promise<readonly (number | undefined)[]>;
  check?(at: Contender): Promise<void>;
  /** undefined: this server has no such figure. */
  run(at: Contender): Promise<readonly (number | undefined)[]>;
}

export interface Group {
  readonly name: string;
  /** It is measured where a disk has to confirm what is written, and not where the others are, which may be memory. */
  readonly onDisk?: true;
  /** How a server is started for it, if that is not as for the others. */
  as?(peer: BuiltPeer): BuiltPeer;
  /** What is served from the start. */
  fill?(served: string, scaled: Scaled): Promise<void>;
  scenes(scaled: Scaled): readonly Scene[];
}

export interface Scaled {
  readonly stock: Stock;
  /** A number of the default run, made smaller or larger; never below ten. */
  size(number: number): number;
}
