// The checksums of a file as ownCloud's clients know them: kept like a dead property, and shown as long as the file is the one they were made from.
import type { Path } from '../protocol/path.ts';
import { escapeText } from '../protocol/xml-write.ts';
import { keyOf } from '../state/property-key.ts';
import type { Change, DeadProperty, PropertyName } from '../state/state.ts';
import type { Attributes, Resource } from '../store/store.ts';

export const CHECKSUMS: PropertyName = { namespace: 'http://owncloud.org/ns', name: 'checksums' };

const KEY = keyOf(CHECKSUMS);

/**
 * What tells one content from another, as rsync has it: a program would have to write as many bytes into the same file and put
 * its time back to go unnoticed. Not the ETag, which is new after a MOVE or a new time: same content, same checksum.
 */
export type Content = Pick<Resource, 'identity' | 'size' | 'modified'>;

/** A processing instruction before the element: what `xml` is true of. It stays well-formed, should it ever be shown. */
const MADE_OF = /^<\?dav207 ([^ ?]*)\?>/;

export function isChecksums(property: PropertyName): boolean {
  return keyOf(property) === KEY;
}

/** `text`: `SHA1:1a2b... MD5:3c4d...`, as OC-Checksum has it. */
export function checksumsProperty(text: string, content: Content): DeadProperty {
  const xml = `<oc:checksums xmlns:oc="${CHECKSUMS.namespace}"><oc:checksum>${escapeText(text)}</oc:checksum></oc:checksums>`;
  return madeOf({ ...CHECKSUMS, xml }, content);
}

/** The element as it was set; undefined when the file has been written since, by whatever program. Of a collection it says nothing that could be wrong. */
export function shownChecksums({ xml }: DeadProperty, resource: Resource): string | undefined {
  return resource.collection || MADE_OF.exec(xml)?.[1] === nameOf(resource) ? xml.replace(MADE_OF, '') : undefined;
}

/** What an upload to `path` changes beside the content that it makes, of which `text` is said, or ''. */
export function checksumChanges(path: Path, stored: readonly DeadProperty[], text: string, content: Content | undefined): Change[] {
  if (text !== '' && content) return [{ do: 'set', path, properties: [checksumsProperty(text, content)] }];
  return stored.some(isChecksums) ? [{ do: 'unset', path, names: [CHECKSUMS] }] : [];
}

/**
 * The changes of a PROPPATCH on `resource`, with checksums that it sets said to be those of the file as it is, and with what
 * keeps checksums true when nothing but the time of the file changes.
 */
export function withChecksums(
  changes: readonly Change[],
  stored: readonly DeadProperty[],
  resource: Resource,
  attributes?: Attributes,
): Change[] {
  const after = { ...resource, modified: attributes?.modified ?? resource.modified };
  const kept = stored.filter((property) => isChecksums(property) && shownChecksums(property, resource) !== undefined);
  const keeping = kept.map(({ xml, ...name }) => madeOf({ ...name, xml: xml.replace(MADE_OF, '') }, after));
  return [
    ...(keeping.length > 0 ? [{ do: 'set', path: resource.path, properties: keeping } as const] : []),
    ...changes.map((change) =>
      change.do === 'set'
        ? { ...change, properties: change.properties.map((property) => (isChecksums(property) ? madeOf(property, after) : property)) }
        : change,
    ),
  ];
}

function madeOf(property: DeadProperty, content: Content): DeadProperty {
  return { ...property, xml: `<?dav207 ${nameOf(content)}?>${property.xml}` };
}

function nameOf({ identity, size, modified }: Content): string {
  return `${identity}/${size}/${modified}`;
}
