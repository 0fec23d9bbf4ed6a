// What was seen of the pace of each server, so that it is not asked for what it would not be done with, and not again for what it cannot.
export interface Pace {
  /** Milliseconds that something of this size took. */
  took(server: string, family: string, size: number, milliseconds: number): void;
  failed(server: string, family: string, what: string): void;
  /** Why it is not asked for more of the same; undefined: it is. */
  verdict(server: string, family: string, size: number): Verdict | undefined;
}

export interface Verdict {
  readonly said: '–' | 'cut';
  readonly reason: string;
}

/** Nothing here is expected to cost less than in proportion. */
export function makePace(patience: number): Pace {
  const seen = new Map<string, { size: number; milliseconds: number }>();
  const failures = new Map<string, string>();
  const keyOf = (server: string, family: string) => `${server} ${family}`;
  return {
    took: (server, family, size, milliseconds) => void seen.set(keyOf(server, family), { size, milliseconds }),
    failed: (server, family, what) => void failures.set(keyOf(server, family), what),
    verdict(server, family, size) {
      const failure = failures.get(keyOf(server, family));
      if (failure !== undefined) return { said: '–', reason: `not asked, after: ${failure}` };
      const last = seen.get(keyOf(server, family));
      if (last === undefined || size < last.size) return undefined;
      const expected = (last.milliseconds * size) / last.size;
      if (expected <= patience) return undefined;
      return {
        said: 'cut',
        reason: `not asked: ${last.size.toLocaleString('en')} took ${seconds(last.milliseconds)}, so it would take ${seconds(expected)} or more`,
      };
    },
  };
}

function seconds(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toPrecision(2))} s`;
}
