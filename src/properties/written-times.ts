// The properties by which Windows Explorer sets the times of what it has copied: kept like any dead property, and obeyed.
import { formatDate, parseDate } from '../protocol/http-date.ts';
import { keyOf } from '../state/property-key.ts';
import type { DeadProperty, PropertyName } from '../state/state.ts';
import type { Resource, Times } from '../store/store.ts';

interface TimeProperty {
  readonly property: PropertyName;
  /** The time that is set with the property. */
  readonly sets: keyof Times;
  /** What the time is now, in milliseconds: answered in place of the date that was set. Without it that date stands. */
  readonly now?: (resource: Resource) => number;
}

const MICROSOFT = 'urn:schemas-microsoft-com:';

/** Another property that sets a time is another row. Win32CreationTime and Win32FileAttributes set nothing: no row. */
const TIMES: readonly TimeProperty[] = [
  { property: { namespace: MICROSOFT, name: 'Win32LastModifiedTime' }, sets: 'modified', now: ({ modified }) => modified },
  { property: { namespace: MICROSOFT, name: 'Win32LastAccessTime' }, sets: 'accessed' },
];

const BY_KEY = new Map(TIMES.map((row) => [keyOf(row.property), row]));

/** The times that storing these properties, in this order, sets; undefined for none. A value that is no date sets nothing. */
export function timesOf(properties: readonly DeadProperty[]): Times | undefined {
  const times: { -readonly [time in keyof Times]: Times[time] } = {};
  for (const property of properties) {
    const row = BY_KEY.get(keyOf(property));
    const date = dateIn(property);
    if (row && date !== undefined) times[row.sets] = date;
  }
  return Object.keys(times).length > 0 ? times : undefined;
}

/**
 * The property element as PROPFIND answers it. Explorer believes this date before `getlastmodified`, so it is the resource's
 * own: the file may have been written again since, by a client that knows nothing of the property or by another program.
 */
export function shown(property: DeadProperty, resource: Resource): string {
  const row = BY_KEY.get(keyOf(property));
  if (!row?.now || dateIn(property) === undefined) return property.xml;
  return property.xml.replace(TEXT, `$1${formatDate(row.now(resource))}$3`);
}

/** A serialized element with text in it and nothing else; no `>` stands unescaped in a start-tag. */
const TEXT = /^(<[^>]*>)([^<&]*)(<\/[^>]*>)$/;

const NO_TIME = Date.UTC(1601, 0, 1); // a Windows time of zero

/** Milliseconds since 1970; undefined when the value is no date of RFC 9110 §5.6.7. Explorer must not be refused for that. */
function dateIn({ xml }: DeadProperty): number | undefined {
  const [, , text = ''] = TEXT.exec(xml) ?? [];
  const date = parseDate(text.trim());
  return date === NO_TIME ? undefined : date;
}
