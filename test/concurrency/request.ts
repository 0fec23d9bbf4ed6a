// A write request of a history, as plain data: what the model plays and the server is asked, and how it is printed.
export const METHODS = ['PUT', 'MKCOL', 'DELETE', 'COPY', 'MOVE', 'PROPPATCH', 'LOCK', 'UNLOCK'] as const;

/** Each method takes of this what means something to it. */
export interface Asked {
  readonly method: (typeof METHODS)[number];
  readonly path: string;
  /** Where COPY and MOVE go. */
  readonly to: string;
  readonly overwrite: boolean;
  readonly depth: '0' | 'infinity';
  readonly scope: 'exclusive' | 'shared';
  /** No other request of the history has this name. It is the content, the value of the property, or what the lock is called. */
  readonly name: string;
  /** Of PUT: `If-None-Match: *`, or `If-Match` with the entity-tag that the path had when the clients began. */
  readonly expects: 'anything' | 'nothing' | 'same';
  /** The locks whose tokens are submitted, whatever they lock. */
  readonly submits: readonly string[];
  /** The lock that UNLOCK names, and that the If header of any other method may want to hold at the path. */
  readonly lock: string | undefined;
}

export function textOf({ method, path, to, overwrite, depth, scope, name, expects, submits, lock }: Asked): string {
  const words: Record<string, (string | false)[]> = {
    PUT: [expects === 'nothing' && 'If-None-Match: *', expects === 'same' && 'If-Match: as at first'],
    COPY: [`to ${to}`, `Depth: ${depth}`, !overwrite && 'Overwrite: F'],
    MOVE: [`to ${to}`, !overwrite && 'Overwrite: F'],
    LOCK: [scope, `Depth: ${depth}`],
  };
  const conditions =
    method === 'UNLOCK'
      ? [`Lock-Token: <${lock}>`]
      : [submits.length > 0 && `submits ${submits.join(' ')}`, lock !== undefined && `If: (<${lock}>)`];
  return [`${name}: ${method} ${path}`, ...(words[method] ?? []), ...conditions].filter(Boolean).join(', ');
}
