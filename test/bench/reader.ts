// Reads answers of HTTP/1.1 off a connection with as little work as can be: where each ends, and nothing else.
export interface Reader {
  /** The chunk is used before this returns and not kept. */
  feed(chunk: Buffer): void;
  /** The connection has ended, which ends an answer without a length. Whether that is where an answer may end. */
  ended(): boolean;
  /** What is asked next: the answer to a HEAD has no body. */
  asked(head: boolean): void;
}

export interface Hearer {
  answered(status: number, head: string): void;
  /** A part of a body. */
  part?(bytes: Buffer): void;
}

const BLANK = Buffer.from('\r\n\r\n');

export function makeReader({ answered, part }: Hearer): Reader {
  type State = 'head' | 'length' | 'size' | 'chunk' | 'after' | 'trailer' | 'close';
  let state: State = 'head';
  let headless = false;
  let held = Buffer.alloc(0); // The beginning of a line or a head, whose end has not come yet.
  let left = 0; // Bytes of a body or a chunk that are still to come.
  let status = 0;
  let head = '';

  const done = () => {
    state = 'head';
    answered(status, head);
  };
  /** What stands before the mark, which is taken too; undefined: it has not come yet. */
  const until = (mark: string | Buffer, chunk: Buffer, at: number): { text: string; next: number } | undefined => {
    const all = held.length > 0 ? Buffer.concat([held, chunk.subarray(at)]) : chunk.subarray(at);
    const end = all.indexOf(mark);
    if (end < 0) {
      held = Buffer.from(all);
      return undefined;
    }
    const next = at + end + mark.length - held.length;
    held = Buffer.alloc(0);
    return { text: all.toString('latin1', 0, end), next };
  };
  const begin = (text: string) => {
    head = text;
    status = Number(text.slice(9, 12));
    if (status < 200) return;
    const length = headless || status === 204 || status === 304 ? 0 : lengthOf(text);
    if (length === 0) done();
    else if (length === 'chunked') state = 'size';
    else if (length === 'close') state = 'close';
    else [state, left] = ['length', length];
  };

  return {
    asked(isHead) {
      headless = isHead;
    },
    ended() {
      if (state === 'close') done();
      return state === 'head' && held.length === 0;
    },
    feed(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (state === 'length' || state === 'chunk' || state === 'after' || state === 'close') {
          const taken = state === 'close' ? chunk.length - at : Math.min(left, chunk.length - at);
          if (state !== 'after') part?.(chunk.subarray(at, at + taken));
          at += taken;
          if (state === 'close') continue;
          left -= taken;
          if (left > 0) continue;
          if (state === 'length') done();
          else if (state === 'chunk') [state, left] = ['after', 2];
          else state = 'size';
          continue;
        }
        const line = until(state === 'head' ? BLANK : '\r\n', chunk, at);
        if (line === undefined) return;
        at = line.next;
        if (state === 'head') begin(line.text);
        else if (state === 'size') {
          left = Number.parseInt(line.text, 16);
          state = left > 0 ? 'chunk' : 'trailer';
        } else if (line.text === '') done();
      }
    },
  };
}

function lengthOf(head: string): number | 'chunked' | 'close' {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length) return Number(length[1]);
  return /\r\ntransfer-encoding: *chunked/i.test(head) ? 'chunked' : 'close';
}
