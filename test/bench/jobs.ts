// What the load generator is told to do, and what it tells of it.
export interface Exchanges {
  readonly kind: 'exchanges';
  readonly port: number;
  readonly connections: number;
  /** How often the steps are taken, by all connections together; undefined: until it is told to stop. */
  readonly count?: number | undefined;
  /** What the first `{n}` is. */
  readonly first?: number;
  /** Taken one after the other on one connection. */
  readonly steps: readonly Step[];
}

export interface Step {
  /** The whole request; `{n}` is a number of seven digits, `{token}` the last Lock-Token. */
  readonly text: string;
  readonly expect: readonly number[];
}

export interface Download {
  readonly kind: 'download';
  readonly port: number;
  readonly text: string;
  /** Patterns that are counted in the body, which takes its time: for checks. */
  readonly count?: readonly string[];
}

export interface Upload {
  readonly kind: 'upload';
  readonly port: number;
  readonly text: string;
  readonly bytes: number;
}

export type Job = (Exchanges | Download | Upload) & { /** Milliseconds it may take. */ readonly patience: number };

export interface Told {
  readonly milliseconds: number;
  /** What is wrong with the first answer that is not as expected, or why there is none. */
  readonly wrong?: string | undefined;
  /** Its time was over. */
  readonly cut?: boolean;
  /** Milliseconds of each turn of an exchange. */
  readonly turns: readonly number[];
  readonly status: number;
  readonly firstByte: number;
  readonly bytes: number;
  readonly counts: readonly number[];
}

export type ToGenerator = { readonly id: number; readonly job: Job } | { readonly id: number; readonly stop: true };
export type FromGenerator = { readonly id: number; readonly told: Told };
