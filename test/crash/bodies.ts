// The XML that the clients send, and how their dead properties stand in the state.
export const NAMESPACE = 'urn:crash';

export function lockBody(): string {
  return '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype><owner>crash</owner></lockinfo>';
}

export function proppatchBody(properties: ReadonlyMap<string, string | undefined>): string {
  const parts = [...properties].map(([name, value]) =>
    value === undefined ? `<D:remove><D:prop><c:${name}/></D:prop></D:remove>` : `<D:set>${propOf(name, value)}</D:set>`,
  );
  return `<D:propertyupdate xmlns:D="DAV:" xmlns:c="${NAMESPACE}">${parts.join('')}</D:propertyupdate>`;
}

/** RFC 5689: a collection made with its properties. */
export function mkcolBody(properties: ReadonlyMap<string, string>): string {
  const set = [...properties].map(([name, value]) => `<D:set>${propOf(name, value)}</D:set>`).join('');
  return `<D:mkcol xmlns:D="DAV:" xmlns:c="${NAMESPACE}">${set}</D:mkcol>`;
}

function propOf(name: string, value: string): string {
  return `<D:prop><c:${name}>${value}</c:${name}></D:prop>`;
}

/** The text of a property element that has nothing but text in it. */
export function textIn(xml: string): string {
  return /^<[^>]*>([^<]*)</.exec(xml)?.[1] ?? '';
}
