// Looks for a serial order: one that keeps what was done before something else began, and in which the model answers the same.
import { play } from './model.ts';
import { drawn, type Tree } from './model-tree.ts';
import type { Answered, Served } from './served.ts';

/** Whether some order of the requests gives each of them its answer, and in the end the tree. */
export function isSerial(start: Tree, { clients, tree }: Pick<Served, 'clients' | 'tree'>): boolean {
  const wanted = tree.join('\n');
  const search = (at: Tree, left: readonly (readonly Answered[])[]): boolean => {
    const heads = left.flatMap(([head]) => head ?? []);
    if (heads.length === 0) return drawn(at).join('\n') === wanted;
    return left.some(([head, ...rest], client) => {
      // What ended before it began comes before it.
      if (!head || heads.some(({ ended }) => ended < head.began)) return false;
      const played = play(at, head.asked, head.principal);
      return played.answer === head.answer && search(played.tree, left.toSpliced(client, 1, rest));
    });
  };
  return search(start, clients);
}
