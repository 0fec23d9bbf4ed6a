// What is answered outside the mount path: nothing is there, and no WebDAV either.
import type { Request, Response } from 'express';
import { DavError } from '../protocol/error.ts';
import { failureResponse, respond } from './respond.ts';

/** RFC 4918 §10.1: no `DAV` here. Windows asks the parents of a mount path for OPTIONS, up to the root, and gives up on an error. */
export function outside(request: Request, response: Response): void {
  const answer =
    request.method === 'OPTIONS'
      ? { status: 200, headers: request.url === '*' ? {} : { Allow: 'OPTIONS' } }
      : failureResponse(new DavError(404, 'There is nothing at this URL.'), '');
  void respond(answer, response);
}
