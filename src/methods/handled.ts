// Tells whoever asked for a handling by Prefer that it was applied, in success and failure (RFC 7240 §3, §4.4).
import { DavError, withHeaders } from '../protocol/error.ts';
import type { DavRequest } from '../protocol/message.ts';
import { parsePrefer } from '../protocol/prefer.ts';
import type { Method } from './method.ts';

/** `method`, which obeys `Prefer: handling`, with the echo of it in `Preference-Applied` beside what else is said there. */
export function tellingHandling(method: Method): Method {
  return async (request, context) => {
    const told = toldOf(request);
    if (told === undefined) return method(request, context);
    try {
      const response = await method(request, context);
      return { ...response, headers: withApplied(response.headers, told) };
    } catch (error) {
      if (!(error instanceof DavError)) throw error;
      throw withHeaders(error, withApplied(error.headers, told));
    }
  };
}

function toldOf({ headers }: DavRequest): string | undefined {
  const { handling } = parsePrefer(headers.prefer);
  return handling && `handling=${handling}`;
}

function withApplied(headers: Readonly<Record<string, string>>, told: string): Record<string, string> {
  const other = headers['Preference-Applied'];
  return { ...headers, 'Preference-Applied': other === undefined ? told : `${other}, ${told}` };
}
