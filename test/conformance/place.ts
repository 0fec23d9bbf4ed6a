// A place on the server for one scenario: its paths as URLs, and the URLs of answers as its paths.
import { pathOf } from './tree.ts';

export interface Place {
  /** The URL of a path of the scenario. Absolute: RFC 2518 knew no other in Destination and If, and every server reads it. */
  url(path: string): string;
  /** The path, without a slash at its end, that an href of an answer names; undefined for what is elsewhere. */
  path(href: string): string | undefined;
}

/** @param base URL of a collection, with a slash at its end */
export function placeAt(base: string): Place {
  const { pathname } = new URL(base);
  const root = decoded(pathname) ?? pathname;
  return {
    url: (path) => new URL(path.split('/').map(encodeURIComponent).join('/').replace(/^\//, ''), base).href,
    path(href) {
      // The host is not looked at: behind a proxy a server may think that it has another one.
      const path = URL.canParse(href.trim(), base) ? decoded(new URL(href.trim(), base).pathname) : undefined;
      if (path === undefined) return undefined;
      if (`${path}/` === root) return '/';
      return path.startsWith(root) ? pathOf(path.slice(root.length - 1)) : undefined;
    },
  };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
