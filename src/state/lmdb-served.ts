// Which folder a state is of, recorded beside it where it is kept elsewhere: the locks and properties of one folder must not come
// to what happens to have the same names in another.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isReservedName } from '../protocol/path.ts';

/** A folder, by its path and by what it keeps when it is renamed. */
export interface Identity {
  readonly path: string;
  readonly mark: string;
}

/** Where the state in `place` is of another folder than `served`: that folder, and the record that says so, if there is one. */
export function servedElsewhere(
  place: string,
  served: Identity,
): { readonly path: string; readonly record: string | undefined } | undefined {
  const record = recordIn(place);
  const recorded = read(record);
  if (recorded === undefined) {
    const isOwn = isReservedName(basename(place)) && existsSync(join(place, 'state.mdb'));
    return isOwn ? { path: dirname(place), record: undefined } : undefined;
  }
  // A path alone is enough: a disk has other numbers after a restore, and on some systems after every restart.
  return recorded.path === served.path || recorded.mark === served.mark ? undefined : { path: recorded.path, record };
}

/** A reader meets the old record or the new one, never half of one. */
export function record(place: string, { path, mark }: Identity): void {
  const draft = `${recordIn(place)}-new`;
  writeFileSync(draft, `${mark} ${JSON.stringify(path)}\n`, { mode: 0o600 });
  renameSync(draft, recordIn(place));
}

function recordIn(place: string): string {
  return join(place, 'state.folder');
}

/** undefined for what is no record: a power cut may leave an empty one. */
function read(file: string): Identity | undefined {
  if (!existsSync(file)) return undefined;
  const [, mark = '', path = ''] = /^(\d+ \d+) ("\/.*")\n$/.exec(readFileSync(file, 'utf8')) ?? [];
  return mark === '' ? undefined : { mark, path: JSON.parse(path) as string };
}
