// Laws of plans: steps in order, and the same end whether a tree is taken whole or member by member.
import { type AnswerRow, rowText } from './answer-rows.ts';
import { firstOf, isSuccess, type Law, onePlay } from './law.ts';
import { difference } from './snapshot.ts';

export const planLaws: readonly Law[] = [
  {
    name: 'acyclic',
    sentence: 'The steps of a plan need earlier steps only.',
    broken: onePlay('sound', (_, { stepwise }) =>
      firstOf(stepwise?.plan.steps.entries() ?? [], ([index, { needs }]) =>
        needs.some((need) => !Number.isInteger(need) || need < 0 || need >= index) ? `step ${index} needs ${needs}` : undefined,
      ),
    ),
  },
  {
    name: 'two ways',
    sentence: 'Taken whole where nothing is in the way, or step by step: the answer and the tree afterwards are the same.',
    broken: onePlay('sound', (sound, { stepwise }) => {
      if (!stepwise) return undefined;
      const quick = [isSuccess(sound) ? 200 : sound.status, ...lines(sound.rows)].join('\n');
      const slow = [stepwise.status, ...lines(stepwise.rows)].join('\n');
      return quick === slow ? difference(sound.after, stepwise.after) : `${quick}\nbut step by step\n${slow}`;
    }),
  },
];

function lines(rows: readonly AnswerRow[]): string[] {
  return rows.map(rowText);
}
