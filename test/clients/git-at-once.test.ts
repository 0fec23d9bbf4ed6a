// git: two people push at the same time, or one is cut off in the midst of a push.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { curl } from './curl.ts';
import { attempt, commit, GIT, git, refs } from './git.ts';
import { start } from './program.ts';
import { locksBelow, repository } from './repository.ts';
import { type Road, slowRoad } from './slow-road.ts';

const at = repository();

const unlock = (url: string, token: string) => curl(['-X', 'UNLOCK', '-H', `Lock-Token: <${token}>`, url]);

describe('while a push is on its way', () => {
  let road: Road;
  beforeEach(async () => {
    road = await slowRoad();
  });
  afterEach(() => road.close());

  test('another one is refused, a clone gets what was there before, and both pushes get in', async () => {
    const ann = await at.begun('ann');
    const bob = await at.clone('bob');
    const before = await refs(ann);
    await commit(ann, 'by Ann', 'ann.txt');
    const slow = attempt(ann, '-c', `http.proxy=${road.url}`, 'push', 'origin', 'main');
    await Promise.race([road.held, slow]);
    expect(await locksBelow(at.url)).toHaveLength(2);
    await commit(bob, 'by Bob', 'bob.txt');
    const refused = await attempt(bob, 'push', 'origin', 'main:topic');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(/HTTP code=423\nerror: cannot lock existing info\/refs/);
    expect(await refs(bob)).toEqual(before);
    expect(await git(await at.clone('eve'), 'rev-parse', 'HEAD')).toBe(before['refs/heads/main']);
    road.letGo();
    expect(await slow).toMatchObject({ status: 0 });
    await git(bob, 'push', 'origin', 'main:topic');
    expect(await refs(bob)).toEqual({
      'refs/heads/main': await git(ann, 'rev-parse', 'HEAD'),
      'refs/heads/topic': await git(bob, 'rev-parse', 'HEAD'),
    });
  });

  /** http-push itself, in the middle of a push of Ann's second commit: git's front end would hide its process. */
  async function underway() {
    const ann = await at.begun('ann');
    await commit(ann, 'by Ann');
    const helper = join(await git(ann, '--exec-path'), 'git-http-push');
    const config = { GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_1: 'http.proxy', GIT_CONFIG_VALUE_1: road.url };
    const push = await start(helper, [`${at.url}/`, 'refs/heads/main'], { cwd: ann, env: { ...GIT, ...config } });
    await Promise.race([road.held, push.done]);
    expect(await locksBelow(at.url)).toHaveLength(2);
    return { ann, push };
  }

  test('Ctrl-C: git takes its locks back', async () => {
    const { ann, push } = await underway();
    push.child.kill('SIGINT');
    await push.done;
    expect(await locksBelow(at.url)).toEqual([]);
    await git(ann, 'push', 'origin', 'main');
    expect(await git(await at.clone('bob'), 'rev-parse', 'HEAD')).toBe(await git(ann, 'rev-parse', 'HEAD'));
  });

  test('killed: its locks stay for the ten minutes it asked for, and anybody who reads their tokens can take them away', async () => {
    const { ann, push } = await underway();
    push.child.kill('SIGKILL');
    await push.done;
    const { body } = await curl(['-X', 'PROPFIND', '-H', 'Depth: 0', `${at.url}/refs/heads/main`]);
    expect(Number(/<D:timeout>Second-(\d+)</.exec(body)?.[1])).toBeLessThanOrEqual(600);
    expect((await attempt(ann, 'push', 'origin', 'main')).stderr).toMatch(/HTTP code=423/);
    expect(await readFile(join(await at.clone('bob'), 'lines.txt'), 'utf8')).toBe('begun\n');
    for (const path of ['info/refs', 'refs/heads/main']) {
      const [token = 'none'] = await locksBelow(`${at.url}/${path}`);
      expect((await unlock(`${at.url}/${path}`, token)).status).toBe(204);
    }
    await git(ann, 'push', 'origin', 'main');
    expect(await readFile(join(await at.clone('eve'), 'lines.txt'), 'utf8')).toBe('begun\nby Ann\n');
  });
});

test('four pushes at once: who is told that it is in, is in; the others get in afterwards', async () => {
  await at.begun('ann');
  const people = ['bob', 'eve', 'joe', 'kim'];
  const folders = await Promise.all(people.map((name) => at.clone(name)));
  const heads = await Promise.all(folders.map((folder, index) => commit(folder, `by ${people[index]}`)));
  const push = (folder: string, index: number) => attempt(folder, 'push', 'origin', `main:${people[index]}`);
  const outcomes = await Promise.all(folders.map(push));
  const there = await refs(folders[0] ?? '');
  for (const [index, { status, stderr }] of outcomes.entries()) {
    expect(there[`refs/heads/${people[index]}`]).toBe(status === 0 ? heads[index] : undefined);
    if (status !== 0) expect(stderr).toMatch(/HTTP code=423/);
  }
  expect(outcomes.filter(({ status }) => status === 0)).not.toHaveLength(0);
  for (const [index, folder] of folders.entries()) expect((await push(folder, index)).status).toBe(0);
  expect(Object.values(await refs(folders[0] ?? ''))).toEqual(expect.arrayContaining(heads));
});
