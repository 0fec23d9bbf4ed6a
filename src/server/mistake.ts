// Mistake: something the operator can put right, said in one line. The command line prints it and exits with 2.
export class Mistake extends Error {}

const OTHER_HOST = 'choose another with --host';

const LISTENING: Readonly<Record<string, (host: string, where: string) => string>> = {
  EADDRINUSE: (_, where) => `${where} is in use already: stop the other server, or choose another port with --port (0 takes any free one).`,
  EACCES: (_, where) => `${where} may not be listened on: choose a port above 1023 with --port.`,
  EADDRNOTAVAIL: (host) => `${host} is not an address of this machine: ${OTHER_HOST}.`,
  EINVAL: (host) => `${host} is not an address to listen on: ${OTHER_HOST}.`,
  EAFNOSUPPORT: (host) => `${host} is of a kind this machine does not use: ${OTHER_HOST}.`,
  ENOTFOUND: (host) => `${host} is not a name this machine knows: ${OTHER_HOST}.`,
  EAI_AGAIN: (host) => `${host} cannot be looked up now: give an address with --host.`,
};

/** A failure of `listen(2)` as a Mistake; anything else as it was. */
export function listeningMistake(error: unknown, host: string, port: number): unknown {
  const sentence = LISTENING[(error as NodeJS.ErrnoException).code ?? ''];
  return sentence ? new Mistake(sentence(host, `${host.includes(':') ? `[${host}]` : host}:${port}`)) : error;
}

/** A refusal of the operating system while the server starts as a Mistake; undefined for a defect of ours. */
export function startingMistake(error: unknown): Mistake | undefined {
  if (error instanceof Mistake) return error;
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return undefined;
  const remedy = REMEDIES[code ?? ''] ?? 'put that right, then start it again';
  return new Mistake(`the system refuses to let it start (${message}): ${remedy}.`, { cause: error });
}

const REMEDIES: Readonly<Record<string, string>> = {
  EMFILE: 'allow it more open files with ulimit -n',
  ENFILE: 'close other programs',
  ENOSPC: 'make room on the disk',
  EDQUOT: 'make room in the quota',
};
