// The If header once more, slow and obvious (RFC 4918 §10.4): its grammar as a regular expression over the kinds of its pieces,
// its truth by counting, the state of a resource by looking at every lock there is.

export interface ModelLock {
  readonly token: string;
  readonly root: string;
  readonly collection: boolean;
  readonly infinite: boolean;
  readonly expired: boolean;
}

/** Paths without a slash at the end, but for the root's. */
export interface ModelWorld {
  readonly resources: ReadonlyMap<string, { readonly collection: boolean; readonly etag: string }>;
  readonly locks: readonly ModelLock[];
  /** What the Request-URI names, and what each tag does; undefined is somewhere else: another host, another scheme, outside the mount. */
  readonly self: ModelTarget;
  readonly tags: ReadonlyMap<string, ModelTarget | undefined>;
}

export interface ModelTarget {
  readonly path: string;
  readonly slash: boolean;
}

export interface ModelAnswer {
  readonly holds: boolean;
  readonly submitted: readonly string[];
}

const PIECE = /^(?:(\()|(\))|(not)|<([^<>]*)>|\[((?:W\/)?"[!#-~\u0080-\u00ff]*")\]|((?:[ \t]|\r\n[ \t])+))/i;
const SHAPE = /^(?:(?:L(?:N?[UE])+R)+|(?:U(?:L(?:N?[UE])+R)+)+)$/;
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:(?:(?!["#<>])[!-~])*$/i;
const PATH = /^\/(?!\/)(?:(?!["#<>])[!-~])*$/;

/** What the header comes to; 'malformed' for a 400. */
export function modelIf(text: string, world: ModelWorld): ModelAnswer | 'malformed' {
  const pieces = piecesOf(text);
  if (pieces === undefined || !SHAPE.test(pieces.map(({ kind }) => kind).join(''))) return 'malformed';
  let inside = false;
  let not = false;
  let target: ModelTarget | undefined = world.self;
  let lists = 0;
  let wrong = 0;
  const submitted: string[] = [];
  for (const { kind, text: piece } of pieces) {
    if (kind === 'L') {
      inside = true;
      wrong = 0;
    } else if (kind === 'R') {
      inside = false;
      if (wrong === 0) lists++;
    } else if (kind === 'N') {
      not = true;
    } else if (!inside) {
      if (!PATH.test(piece) && !ABSOLUTE.test(piece)) return 'malformed';
      target = world.tags.get(piece);
    } else {
      if (kind === 'U' && !ABSOLUTE.test(piece)) return 'malformed';
      if (kind === 'U') submitted.push(piece);
      const matches = kind === 'U' ? tokenMatches(piece, target, world) : etagMatches(piece, target, world);
      if (matches === not) wrong++;
      not = false;
    }
  }
  return { holds: lists > 0, submitted };
}

/** L and R are the brackets of a list, N is Not, U something in angle brackets, E an entity-tag. */
function piecesOf(text: string): { readonly kind: string; readonly text: string }[] | undefined {
  const pieces: { kind: string; text: string }[] = [];
  let rest = text;
  while (rest !== '') {
    const match = PIECE.exec(rest);
    if (!match) return undefined;
    const [whole, left, right, not, uri, etag] = match;
    if (left) pieces.push({ kind: 'L', text: left });
    if (right) pieces.push({ kind: 'R', text: right });
    if (not) pieces.push({ kind: 'N', text: not });
    if (uri !== undefined) pieces.push({ kind: 'U', text: uri });
    if (etag) pieces.push({ kind: 'E', text: etag });
    rest = rest.slice(whole.length);
  }
  return pieces;
}

function resourceOf(target: ModelTarget | undefined, { resources }: ModelWorld) {
  const found = target && resources.get(target.path);
  return found && target.slash && !found.collection ? undefined : found;
}

function etagMatches(etag: string, target: ModelTarget | undefined, world: ModelWorld): boolean {
  const found = resourceOf(target, world);
  return found !== undefined && found.etag.replace(/^W\//, '') === etag.replace(/^W\//, '');
}

/** §10.4.4: the token of a lock whose scope the resource is in; for what is not there yet, of one it would come into (§7.5.2). */
function tokenMatches(token: string, target: ModelTarget | undefined, world: ModelWorld): boolean {
  if (target === undefined) return false;
  let found = false;
  for (const lock of world.locks) {
    const root = world.resources.get(lock.root);
    const stands = !lock.expired && root !== undefined && root.collection === lock.collection;
    const above =
      lock.infinite &&
      lock.collection &&
      target.path !== lock.root &&
      `${target.path}/`.startsWith(lock.root === '/' ? '/' : `${lock.root}/`);
    const own = target.path === lock.root && resourceOf(target, world) !== undefined;
    if (stands && (above || own) && lock.token === token) found = true;
  }
  return found;
}
