// The types of a resource's name; `path.ts` is where they are made.
declare const made: unique symbol;

/** `/` for the root; otherwise `/a/b` without a trailing slash. Decoded UTF-8, no empty, `.` or `..` segment, no NUL. */
export type Path = string & { readonly [made]: true };

/** A resource by name, and whether it is a collection: what an href needs to end in `/` (RFC 4918 §5.2). */
export interface Ref {
  readonly path: Path;
  readonly collection: boolean;
}
