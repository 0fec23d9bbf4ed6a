// The properties by which Windows Explorer and rclone set the times of what they have copied: kept like any dead property, and obeyed.
import { parseModified } from '../protocol/headers.ts';
import { formatDate, parseDate } from '../protocol/http-date.ts';
import { keyOf } from '../state/property-key.ts';
import type { DeadProperty, PropertyName } from '../state/state.ts';
import type { Attributes, Resource } from '../store/store.ts';

/** How a property writes a time, in milliseconds since 1970. */
interface Notation {
  /** undefined when the value is none. Explorer must not be refused for that. */
  readonly read: (text: string) => number | undefined;
  readonly write: (time: number) => string;
}

interface TimeProperty {
  readonly property: PropertyName;
  readonly notation: Notation;
  /** The time that is set with the property. */
  readonly sets: 'modified' | 'accessed';
  /** What the time is now, in milliseconds: answered in place of the one that was set. Without it that one stands. */
  readonly now?: (resource: Resource) => number;
}

const NO_TIME = Date.UTC(1601, 0, 1); // a Windows time of zero

/** RFC 9110 §5.6.7 */
const DATE: Notation = {
  read(text) {
    const date = parseDate(text);
    return date === NO_TIME ? undefined : date;
  },
  write: formatDate,
};
const UNIX_SECONDS: Notation = { read: parseModified, write: (time) => String(Math.floor(time / 1000)) };

const MICROSOFT = 'urn:schemas-microsoft-com:';
const modified = (resource: Resource) => resource.modified;

/** Another property that sets a time is another row. Win32CreationTime and Win32FileAttributes set nothing: no row. */
const TIMES: readonly TimeProperty[] = [
  { property: { namespace: MICROSOFT, name: 'Win32LastModifiedTime' }, notation: DATE, sets: 'modified', now: modified },
  { property: { namespace: MICROSOFT, name: 'Win32LastAccessTime' }, notation: DATE, sets: 'accessed' },
  // ownCloud's, which rclone uses where a file has its content already and only the time is another.
  { property: { namespace: 'DAV:', name: 'lastmodified' }, notation: UNIX_SECONDS, sets: 'modified', now: modified },
];

const BY_KEY = new Map(TIMES.map((row) => [keyOf(row.property), row]));

/** The time that storing this property sets; undefined for none. A value that is no time sets nothing. */
export function timeSetBy(property: DeadProperty): Attributes | undefined {
  const row = BY_KEY.get(keyOf(property));
  const time = row && timeIn(property, row);
  return row && time !== undefined ? { [row.sets]: time } : undefined;
}

/**
 * The property element as PROPFIND answers it. Explorer believes this date before `getlastmodified`, so it is the resource's
 * own: the file may have been written again since, by a client that knows nothing of the property or by another program.
 */
export function shownTime(property: DeadProperty, resource: Resource): string {
  const row = BY_KEY.get(keyOf(property));
  if (!row?.now || timeIn(property, row) === undefined) return property.xml;
  return property.xml.replace(TEXT, `$1${row.notation.write(row.now(resource))}$3`);
}

/** A serialized element with text in it and nothing else; no `>` stands unescaped in a start-tag. */
const TEXT = /^(<[^>]*>)([^<&]*)(<\/[^>]*>)$/;

function timeIn({ xml }: DeadProperty, { notation }: TimeProperty): number | undefined {
  const [, , text = ''] = TEXT.exec(xml) ?? [];
  return notation.read(text.trim());
}
