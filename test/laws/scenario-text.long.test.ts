// What is printed of a scene is a scenario: it can be read again, and says the same.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readScenarios } from '../scenarios/scenario.ts';
import { beginning, play } from './play.ts';
import { scenes } from './random-scene.ts';
import { scenarioText } from './scenario-text.ts';
import { drawingOf } from './snapshot.ts';

test.each(['DELETE', 'COPY', 'MOVE', 'LOCK', 'UNLOCK'] as const)('%s can be read as it was printed', async (method) => {
  const same = fc.asyncProperty(scenes(method), async (scene) => {
    const played = await play(scene, await beginning(scene));
    const [scenario, ...more] = readScenarios(scenarioText('title', played));
    const [variant] = scenario?.variants ?? [];
    const { asked, faults } = scene;
    const told = scene.tree.filter(({ href, property, locks }) => href !== '/' || property !== undefined || locks.length > 0);
    expect({ ...scenario, variants: undefined, more }).toEqual({ title: 'title', tree: told, faults, variants: undefined, more: [] });
    expect(variant).toMatchObject({
      method,
      target: asked.target,
      headers: asked.headers,
      status: played.status,
      ...(method === 'LOCK' && { scope: asked.scope }),
    });
    expect(variant?.after?.map(({ href }) => href)).toEqual(
      variant?.after && drawingOf(played.after).flatMap(({ href, locks }) => (href !== '/' || locks.length > 0 ? [href] : [])),
    );
  });
  await fc.assert(same, { numRuns: 100 });
});
