// Which write goes on where the state has no room to say what it does.
import { DavError } from '../protocol/error.ts';
import type { Plan } from './plan.ts';

/**
 * DELETE is what makes room: that there is none to store what it does is no reason not to do it. State without its resource is
 * nobody's: no reader is shown it, and a writer forgets it first.
 */
export function goesOn({ verb }: Plan, error: unknown): boolean {
  return verb === 'delete' && error instanceof DavError && error.status === 507;
}
