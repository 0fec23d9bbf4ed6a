// Handling (RFC 7240 §4.4): whether a request that cannot be done whole is done in part, or not at all.
import type { Preferences } from './prefer.ts';

interface Misreader {
  readonly agent: RegExp;
  /** Methods whose every 2xx the program takes for a complete success. */
  readonly methods: readonly string[];
}

/** Programs that never tell the person what a 207 says. DELETE is not here where the program itself deletes member by member. */
const MISREADERS: readonly Misreader[] = [
  { agent: /^gvfs\//, methods: ['MOVE'] }, // GNOME Files: gvfsbackenddav.c, try_move_do_cb and try_set_display_name_cb
  { agent: /^WebDAVFS\//, methods: ['MOVE'] }, // the macOS Finder: webdav_network.c, network_rename; of DELETE it reads the 207
];

/** What the client asks for; without a word from it strict when it would mistake a part for the whole, lenient otherwise. */
export function handlingOf(method: string, agent: string | undefined, { handling }: Preferences): 'strict' | 'lenient' {
  if (handling !== undefined) return handling;
  return MISREADERS.some((program) => program.agent.test(agent ?? '') && program.methods.includes(method)) ? 'strict' : 'lenient';
}
