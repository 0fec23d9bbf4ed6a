// Mistake: something the operator can put right, said in one line. The command line prints it and exits with 2.
export class Mistake extends Error {}

const LISTENING: Readonly<Record<string, (where: string) => string>> = {
  EADDRINUSE: (where) => `${where} is in use already: stop the other server, or choose another port with --port (0 takes any free one).`,
  EACCES: (where) => `${where} may not be listened on: choose a port above 1023 with --port.`,
  EADDRNOTAVAIL: (where) => `${where} is not an address of this machine: choose another with --host.`,
  ENOTFOUND: (where) => `${where} is not a name this machine knows: choose another with --host.`,
};

/** A failure of `listen(2)` as a Mistake; anything else as it was. */
export function listeningMistake(error: unknown, host: string, port: number): unknown {
  const sentence = LISTENING[(error as NodeJS.ErrnoException).code ?? ''];
  return sentence ? new Mistake(sentence(`${host}:${port}`)) : error;
}
