// What is answered beside the mount path: nothing is there, and no WebDAV either.
import type { Request, Response } from 'express';
import { DavError } from '../protocol/error.ts';
import { failureResponse, respond } from './respond.ts';

/** RFC 4918 §10.1: no `DAV` here. The collections above the mount path are not meant: `parents` answers for them. */
export function outside(request: Request, response: Response): void {
  const answer =
    request.method === 'OPTIONS'
      ? { status: 200, headers: request.url === '*' ? {} : { Allow: 'OPTIONS' } }
      : failureResponse(new DavError(404, 'There is nothing at this URL.'), '');
  void respond(answer, response);
}
