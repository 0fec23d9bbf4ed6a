// Where the server keeps its own things in the folder it serves: reserved on every verb, and reached by its own requests only.
import { childOf, ROOT } from '../protocol/path.ts';

export const OWN = childOf(ROOT, '.dav207');

/** What is staged on the folder's own device; emptied at every start. */
export const STAGING = childOf(OWN, 'tmp');
