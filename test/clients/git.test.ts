// git over WebDAV: clones, and pushes by its http-push helper, which locks `info/refs` and each ref it changes.
//
// The repository is bare, in the served folder, with `git update-server-info` run once; http-push keeps `info/refs` right after
// that. What is git's own limit on any WebDAV server: it looks for refs with PROPFIND and does not see packed ones, so the
// repository may be repacked, but not its refs; it reads hrefs without decoding them and writes names into URLs as they are,
// so branches want plain names; and one push of several refs reports the others as rejected, without a reason, once one is.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { curl, lock } from './curl.ts';
import { type RunningServer, startServer } from './dav207.ts';
import { attempt, bare, commit, fsck, GIT, git, refs } from './git.ts';
import { start } from './program.ts';
import { type Road, slowRoad } from './slow-road.ts';
import { plant, read, untimed } from './trees.ts';

let server: RunningServer;
let local: string;
let count = 0;
let repository: string;
let url: string;
beforeAll(async () => {
  server = await startServer({ args: ['--depth-infinity'] });
});
afterAll(() => server.stop());
beforeEach(async () => {
  local = await mkdtemp(join(tmpdir(), 'dav207-git-'));
  repository = `work ${++count}.git`;
  url = `${server.url}work%20${count}.git`;
  await bare(join(server.folder, repository));
});
afterEach(async () => {
  expect(await locksBelow(url)).toEqual([]);
  expect(await fsck(join(server.folder, repository))).toBe('');
  await rm(local, { recursive: true, force: true });
});

/** A clone in a folder of its own. */
async function clone(name: string, from = url): Promise<string> {
  await git(local, 'clone', '--quiet', from, name);
  return join(local, name);
}

/** A clone whose `main` has one commit, which is pushed. */
async function begun(name: string): Promise<string> {
  const folder = await clone(name);
  await commit(folder, 'begun');
  await git(folder, 'push', '--quiet', 'origin', 'HEAD:main');
  return folder;
}

/** The tokens of all locks at and below a URL. */
async function locksBelow(at: string): Promise<string[]> {
  const body = '<D:propfind xmlns:D="DAV:"><D:prop><D:lockdiscovery/></D:prop></D:propfind>';
  const { status, body: answer } = await curl(['-X', 'PROPFIND', '-H', 'Depth: infinity', '-H', 'Content-Type: text/xml', '-d', body, at]);
  expect(status).toBe(207);
  return [...answer.matchAll(/<D:locktoken><D:href>(.*?)<\/D:href>/g)].map((match) => match[1] ?? '');
}

const unlock = (at: string, token: string) => curl(['-X', 'UNLOCK', '-H', `Lock-Token: <${token}>`, at]);

test('a first push into an empty repository, and a clone of it: every name and every byte', async () => {
  const ann = await clone('ann');
  await plant(ann, 1);
  await git(ann, 'add', '--all');
  await git(ann, 'commit', '--quiet', '--message', 'everything');
  await git(ann, 'push', '--quiet', 'origin', 'HEAD:main');
  const bob = await clone('bob');
  const files = async (folder: string) =>
    Object.fromEntries(
      Object.entries(untimed(await read(folder))).filter(([path, hash]) => !path.startsWith('.git/') && hash !== 'collection'),
    );
  expect(await files(bob)).toEqual(await files(ann));
  expect(Object.keys(await files(bob)).length).toBeGreaterThan(60);
  expect(await fsck(bob)).toBe('');
});

test('two people push in turn; who is behind is refused until the other’s work is in', async () => {
  const ann = await begun('ann');
  const bob = await clone('bob');
  await commit(ann, 'by Ann', 'ann.txt');
  await git(ann, 'push', 'origin', 'main');
  const before = await refs(ann);
  await commit(bob, 'by Bob', 'bob.txt');
  const refused = await attempt(bob, 'push', 'origin', 'main');
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/! \[rejected\] +main -> main \((non-fast-forward|fetch first)\)/);
  expect(await refs(ann)).toEqual(before);
  await git(bob, 'pull', '--quiet', '--no-rebase', '--no-edit');
  await git(bob, 'push', 'origin', 'main');
  await git(ann, 'pull', '--quiet', '--ff-only');
  await commit(ann, 'by Ann again', 'ann.txt');
  await git(ann, 'push', 'origin', 'main');
  const eve = await clone('eve');
  expect(await readFile(join(eve, 'ann.txt'), 'utf8')).toBe('by Ann\nby Ann again\n');
  expect(await readFile(join(eve, 'bob.txt'), 'utf8')).toBe('by Bob\n');
  expect(await git(eve, 'rev-parse', 'HEAD^{tree}')).toBe(await git(ann, 'rev-parse', 'HEAD^{tree}'));
});

test('branches and tags come and go; a forced push takes a branch back', async () => {
  const ann = await begun('ann');
  const first = await git(ann, 'rev-parse', 'HEAD');
  await git(ann, 'checkout', '--quiet', '-b', 'topic/deep');
  const second = await commit(ann, 'on the topic');
  await git(ann, 'tag', 'light');
  await git(ann, 'tag', '--annotate', '--message', 'heavy', 'heavy');
  await git(ann, 'push', 'origin', 'topic/deep', 'light', 'heavy');
  const heavy = await git(ann, 'rev-parse', 'heavy');
  const all = { 'refs/heads/main': first, 'refs/heads/topic/deep': second, 'refs/tags/light': second, 'refs/tags/heavy': heavy };
  expect(await refs(ann)).toEqual(all);
  expect(await readFile(join(await clone('bob'), 'lines.txt'), 'utf8')).toBe('begun\n');
  await git(ann, 'push', 'origin', 'topic/deep:main');
  expect((await refs(ann))['refs/heads/main']).toBe(second);
  await git(ann, 'push', '--force', 'origin', `${first}:refs/heads/main`);
  await git(ann, 'push', 'origin', '--delete', 'topic/deep', 'light');
  expect(await refs(ann)).toEqual({ 'refs/heads/main': first, 'refs/tags/heavy': heavy });
  expect(Object.keys(await read(join(server.folder, repository, 'refs')))).toEqual([
    'heads',
    'heads/main',
    'heads/topic',
    'tags',
    'tags/heavy',
  ]);
});

test('a repacked repository is cloned and pushed to', async () => {
  const ann = await begun('ann');
  for (let line = 0; line < 3; line++) await commit(ann, `line ${line}`);
  await git(ann, 'push', 'origin', 'main');
  await git(join(server.folder, repository), 'repack', '-a', '-d', '--quiet');
  await git(join(server.folder, repository), 'update-server-info');
  const bob = await clone('bob');
  await commit(bob, 'by Bob');
  await git(bob, 'push', 'origin', 'main');
  expect(await git(await clone('eve'), 'rev-parse', 'HEAD')).toBe(await git(bob, 'rev-parse', 'HEAD'));
});

describe('while somebody else holds a lock', () => {
  test.each([
    ['info/refs', /cannot lock existing info\/refs/],
    ['refs/heads/main', /Unable to lock remote branch refs\/heads\/main/],
    ['refs/', /Unable to lock remote branch refs\/heads\/main/],
    ['', /cannot lock existing info\/refs/],
  ])('on "%s", a push is refused and changes nothing; afterwards it works', async (path, message) => {
    const ann = await begun('ann');
    const before = await refs(ann);
    const token = await lock(`${url}/${path}`);
    await commit(ann, 'too early');
    const refused = await attempt(ann, 'push', 'origin', 'main');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(message);
    expect(refused.stderr).toMatch(/HTTP code=423/);
    expect(new Set(await locksBelow(url))).toEqual(new Set([token]));
    expect(await refs(ann)).toEqual(before);
    expect((await unlock(`${url}/${path}`, token)).status).toBe(204);
    await git(ann, 'push', 'origin', 'main');
    expect(await git(await clone('bob'), 'rev-parse', 'HEAD')).toBe(await git(ann, 'rev-parse', 'HEAD'));
  });

  test('on a branch, it is not deleted', async () => {
    const ann = await begun('ann');
    await git(ann, 'push', 'origin', 'main:topic');
    const token = await lock(`${url}/refs/heads/topic`);
    const { stderr } = await attempt(ann, 'push', 'origin', '--delete', 'topic');
    expect(stderr).toMatch(/DELETE request failed \(\d+\/423\)/);
    expect(Object.keys(await refs(ann)).sort()).toEqual(['refs/heads/main', 'refs/heads/topic']);
    await unlock(`${url}/refs/heads/topic`, token);
    await git(ann, 'push', 'origin', '--delete', 'topic');
    expect(Object.keys(await refs(ann))).toEqual(['refs/heads/main']);
  });
});

describe('while a push is on its way', () => {
  let road: Road;
  beforeEach(async () => {
    road = await slowRoad();
  });
  afterEach(() => road.close());

  test('another one is refused, a clone gets what was there before, and both pushes get in', async () => {
    const ann = await begun('ann');
    const bob = await clone('bob');
    const before = await refs(ann);
    await commit(ann, 'by Ann', 'ann.txt');
    const slow = attempt(ann, '-c', `http.proxy=${road.url}`, 'push', 'origin', 'main');
    await Promise.race([road.held, slow]);
    expect(await locksBelow(url)).toHaveLength(2);
    await commit(bob, 'by Bob', 'bob.txt');
    const refused = await attempt(bob, 'push', 'origin', 'main:topic');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(/HTTP code=423\nerror: cannot lock existing info\/refs/);
    expect(await refs(bob)).toEqual(before);
    expect(await git(await clone('eve'), 'rev-parse', 'HEAD')).toBe(before['refs/heads/main']);
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
    const ann = await begun('ann');
    await commit(ann, 'by Ann');
    const helper = join(await git(ann, '--exec-path'), 'git-http-push');
    const config = { GIT_CONFIG_COUNT: '2', GIT_CONFIG_KEY_1: 'http.proxy', GIT_CONFIG_VALUE_1: road.url };
    const push = await start(helper, [`${url}/`, 'refs/heads/main'], { cwd: ann, env: { ...GIT, ...config } });
    await Promise.race([road.held, push.done]);
    expect(await locksBelow(url)).toHaveLength(2);
    return { ann, push };
  }

  test('Ctrl-C: git takes its locks back', async () => {
    const { ann, push } = await underway();
    push.child.kill('SIGINT');
    await push.done;
    expect(await locksBelow(url)).toEqual([]);
    await git(ann, 'push', 'origin', 'main');
    expect(await git(await clone('bob'), 'rev-parse', 'HEAD')).toBe(await git(ann, 'rev-parse', 'HEAD'));
  });

  test('killed: its locks stay for the ten minutes it asked for, and anybody who reads their tokens can take them away', async () => {
    const { ann, push } = await underway();
    push.child.kill('SIGKILL');
    await push.done;
    const { body } = await curl(['-X', 'PROPFIND', '-H', 'Depth: 0', `${url}/refs/heads/main`]);
    expect(Number(/<D:timeout>Second-(\d+)</.exec(body)?.[1])).toBeLessThanOrEqual(600);
    expect((await attempt(ann, 'push', 'origin', 'main')).stderr).toMatch(/HTTP code=423/);
    expect(await readFile(join(await clone('bob'), 'lines.txt'), 'utf8')).toBe('begun\n');
    for (const path of ['info/refs', 'refs/heads/main']) {
      const [token = 'none'] = await locksBelow(`${url}/${path}`);
      expect((await unlock(`${url}/${path}`, token)).status).toBe(204);
    }
    await git(ann, 'push', 'origin', 'main');
    expect(await readFile(join(await clone('eve'), 'lines.txt'), 'utf8')).toBe('begun\nby Ann\n');
  });
});

test('four pushes at once: who is told that it is in, is in; the others get in afterwards', async () => {
  await begun('ann');
  const people = ['bob', 'eve', 'joe', 'kim'];
  const folders = await Promise.all(people.map((name) => clone(name)));
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

describe('other servers', () => {
  test('--base and --user, with the name and the password in the URL', async () => {
    const guarded = await startServer({ args: ['--base', '/dav/here', '--user', 'ann:open: sesame'] });
    try {
      await bare(join(guarded.folder, 'work.git'));
      const as = (who: string) => guarded.url.replace('//', `//${who}@`).concat('work.git');
      const ann = await clone('ann', as('ann:open%3A%20sesame'));
      const head = await commit(ann, 'with a password');
      await git(ann, 'push', 'origin', 'HEAD:main');
      expect(await git(await clone('bob', as('ann:open%3A%20sesame')), 'rev-parse', 'HEAD')).toBe(head);
      for (const stranger of [as('ann:wrong'), `${guarded.url}work.git`]) {
        expect((await attempt(local, 'clone', stranger, 'eve')).stderr).toMatch(/Authentication failed|could not read Username/);
        await commit(ann, 'more');
        expect((await attempt(ann, 'push', stranger, 'main')).status).not.toBe(0);
      }
      expect(await refs(ann)).toEqual({ 'refs/heads/main': head });
      expect(await fsck(join(guarded.folder, 'work.git'))).toBe('');
    } finally {
      await guarded.stop();
    }
  });

  test('--read-only: it can be cloned, and no push gets in', async () => {
    const ann = await begun('ann');
    const reader = await startServer({ folder: server.folder, args: ['--read-only'] });
    try {
      const from = url.replace(server.url, reader.url);
      const bob = await clone('bob', from);
      await writeFile(join(bob, 'new.txt'), 'new');
      await commit(bob, 'by Bob');
      const refused = await attempt(bob, 'push', 'origin', 'main');
      expect(refused.status).not.toBe(0);
      expect(refused.stderr).toMatch(/git-http-push failed/);
      expect(await refs(bob)).toEqual(await refs(ann));
    } finally {
      await reader.stop();
    }
  });
});
