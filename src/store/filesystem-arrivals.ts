// How many requests have come: whoever sends one may know of a change that was made before, so nothing seen until then is relied on for it.

let come = 0;

/** A request has come, and is begun no sooner. */
export function arrive(): void {
  come++;
}

/** What was seen while there were as many was seen after all of them had been sent. */
export function arrivals(): number {
  return come;
}
