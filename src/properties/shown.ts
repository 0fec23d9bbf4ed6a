// Dead properties as PROPFIND answers them: as they were set, but for those that say something about the file that may no longer be so.
import type { DeadProperty } from '../state/state.ts';
import type { Resource } from '../store/store.ts';
import { isChecksums, shownChecksums } from './checksums.ts';
import { shownTime } from './written-times.ts';

/** The properties that the resource has, each with the element to answer. */
export function shown(stored: readonly DeadProperty[], resource: Resource): readonly DeadProperty[] {
  if (stored.length === 0) return stored; // as most are, in a listing of thousands
  return stored.flatMap((property) => {
    const xml = isChecksums(property) ? shownChecksums(property, resource) : shownTime(property, resource);
    return xml === undefined ? [] : [{ ...property, xml }];
  });
}
