// The people the server knows: a name and a password each, compared without telling how much of it was right.
import { createHash, timingSafeEqual } from 'node:crypto';
import { DavError } from '../protocol/error.ts';

export interface User {
  readonly name: string;
  readonly password: string;
}

/** `NAME:PASSWORD`, split at the first colon (RFC 7617 §2). Throws an Error whose message tells the operator what is wrong. */
export function parseUser(text: string): User {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1) throw new Error('a user is given as NAME:PASSWORD');
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * What is wrong with the people somebody's own app names, in a sentence; undefined when nothing is, or nobody is named.
 * None may slip through: a list that is empty, or is none, would let everybody in.
 */
export function usersProblem(users: unknown): string | undefined {
  if (users === undefined) return undefined;
  if (!Array.isArray(users)) return 'users must be a list, such as [{ name, password }]: give one, or leave it out to let everybody in.';
  if (users.length === 0) return 'users is an empty list: give at least one, or leave users out to let everybody in.';
  const names = new Set<unknown>();
  for (const [index, user] of Array.from<Partial<User> | null | undefined>(users).entries()) {
    const { name, password } = user ?? {};
    // RFC 7617 §2: a name ends at the first colon.
    if (typeof name !== 'string' || name === '' || name.includes(':')) return `users[${index}] needs a name: a string without a colon.`;
    if (typeof password !== 'string' || password === '') return `users[${index}] needs a password: a string with something in it.`;
    if (names.has(name)) return `the user ${name} is given twice: give each name once.`;
    names.add(name);
  }
  return undefined;
}

/** The name of the user that `credentials` are right for. Throws 401. */
export function verify(users: readonly User[], credentials: User | undefined): string {
  const given = credentials?.name ?? '';
  // The Windows redirector sends DOMAIN\user, whatever its user typed.
  const user = find(users, given) ?? find(users, given.replace(/^[^\\]*\\/, ''));
  // An unknown name costs the same comparison as a wrong password.
  const right = sameText(user?.password ?? '', credentials?.password ?? '');
  if (!user || !right) throw unauthorized();
  return user.name;
}

function find(users: readonly User[], name: string): User | undefined {
  return users.find((user) => user.name === name);
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** RFC 9110 §15.5.2: 401 with a challenge, so that a client asks its user. */
function unauthorized(): DavError {
  return new DavError(401, 'A user name and password are needed.', {
    headers: { 'WWW-Authenticate': 'Basic realm="dav207", charset="UTF-8"' },
  });
}
