// The language of a file: what a client has set as `getcontentlanguage` is what GET says as well (RFC 4918 §15.3).
import type { DeadProperty } from '../state/state.ts';

const TAG = '[a-z]{1,8}(?:-[a-z\\d]{1,8})*';
const TAGS = new RegExp(`^${TAG}(?:[ \\t]*,[ \\t]*${TAG})*$`, 'i');

/** undefined when none is set, or what is set is no list of language tags (RFC 9110 §8.5) and could not stand in a header. */
export function languageOf(properties: readonly DeadProperty[]): string | undefined {
  const property = properties.find(({ namespace, name }) => namespace === 'DAV:' && name === 'getcontentlanguage');
  const text = /^<[^>]*>([^<]*)<\/[^>]*>$/.exec(property?.xml ?? '')?.[1]?.trim();
  return text !== undefined && TAGS.test(text) ? text : undefined;
}
