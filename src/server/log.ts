// What the server says about itself, on standard error: here as a readable line a request, in log-json.ts for programs.

export interface Log {
  request(method: string, url: string, status: number, milliseconds: number): void;
  /** What the operator must know: a failure of the server. */
  error(sentence: string, cause?: unknown): void;
  /** What the operator may be able to mend, such as a proxy that hides the server's own name. */
  warn?(sentence: string): void;
}

export function readableLog(): Log {
  return {
    request: (method, url, status, milliseconds) => print(`${method} ${url} ${status} ${Math.round(milliseconds)} ms`),
    warn: print,
    error(sentence, cause) {
      const reasons = [sentence, ...reasonsOf(cause)];
      const last = reasons.pop();
      print([...reasons.map((reason) => reason.replace(/\.$/, '')), last].join(': '));
    },
  };
}

/** For an app that does not say where to log: only what its operator must know. */
export function errorLog(): Log {
  return { ...readableLog(), request() {} };
}

/** As JSON has them, control characters cannot command the terminal: a client chooses what is in a URL. */
function print(text: string): void {
  const clock = new Date().toISOString().slice(11, 19);
  process.stderr.write(escaped(`${clock} ${JSON.stringify(text).slice(1, -1)}\n`));
}

/**
 * JSON has escaped the control characters of ASCII. Of the others some command a terminal (U+009B), part lines (U+2028) or turn
 * around what is read (U+202E), and a name on the disk may hold any.
 */
export function escaped(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What each cause says: often only the last one names the call of the system that failed. */
function reasonsOf(cause: unknown): string[] {
  const reasons: string[] = [];
  // Causes may lead in a circle.
  for (let each = cause; each !== undefined && reasons.length < 8; each = (each as Partial<Error> | null)?.cause)
    reasons.push((each as Partial<Error> | null)?.message ?? String(each));
  return reasons;
}
