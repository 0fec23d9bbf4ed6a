// Which characters a URI may hold and what an absolute one looks like: Destination, If and Lock-Token all need it.

// Visible ASCII without `"`, `#`, `<` and `>`. A little wider than RFC 3986: clients send `[`, `{` or `|` bare in paths.
const URI_TEXT = /^[!$-;=?-~]+$/;
const SCHEME = /^[a-z][a-z\d+.-]*:/i;

/** Whether `text` may be a URI or path reference at all: no white space, no fragment, no delimiters, nothing to decode as UTF-8. */
export function isUriText(text: string): boolean {
  return URI_TEXT.test(text);
}

/** `absolute-URI` (RFC 3986 §4.3): a scheme, and no fragment. `urn:uuid:…`, `opaquelocktoken:…`, `DAV:no-lock`, `http://…`. */
export function isAbsoluteUri(text: string): boolean {
  return SCHEME.test(text) && isUriText(text);
}
