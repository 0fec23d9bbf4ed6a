// Signals that end the server: the first one in good order, another Ctrl-C at once.

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type Ending = (typeof ENDING)[number];

/** One Ctrl-C may come twice: from the terminal, and from `npm start`, which passes it on. Milliseconds. */
const ONE_KEY = 100;

/** What a shell calls the end by SIGINT. */
const INTERRUPTED = 130;

/**
 * Call `stop` once, then end with code 0, or with 1 when it rejects, which `failed` is told of. What a second SIGINT leaves
 * behind, the next start removes.
 */
export function endOnSignals(stop: (signal: Ending) => Promise<void>, failed: (error: Error) => void): void {
  let since: number | undefined;
  const end = async (signal: Ending) => {
    if (since === undefined) {
      since = performance.now();
      const code = await stop(signal).then(
        () => 0,
        (error: Error) => {
          failed(error);
          return 1;
        },
      );
      process.exit(code);
    } else if (signal === 'SIGINT' && performance.now() - since > ONE_KEY) process.exit(INTERRUPTED);
  };
  for (const signal of ENDING) process.on(signal, end);
}
