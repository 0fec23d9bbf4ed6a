// git over WebDAV: clones, and pushes by its http-push helper, which locks `info/refs` and each ref it changes.
//
// The repository is bare, in the served folder, with `git update-server-info` run once; http-push keeps `info/refs` right after
// that. What is git's own limit on any WebDAV server: it looks for refs with PROPFIND and does not see packed ones, so the
// repository may be repacked, but not its refs; it reads hrefs without decoding them and writes names into URLs as they are,
// so branches want plain names; and one push of several refs reports the others as rejected, without a reason, once one is.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { curl, lock } from './curl.ts';
import { attempt, bare, commit, fsck, git, refs } from './git.ts';
import { locksBelow, repository } from './repository.ts';
import { plant, read, untimed } from './trees.ts';
import { undone } from './undone.ts';

const at = repository();
const madeForOne = undone(afterEach);

const unlock = (url: string, token: string) => curl(['-X', 'UNLOCK', '-H', `Lock-Token: <${token}>`, url]);

test('a first push into an empty repository, and a clone of it: every name and every byte', async () => {
  const ann = await at.clone('ann');
  await plant(ann, 1);
  await git(ann, 'add', '--all');
  await git(ann, 'commit', '--quiet', '--message', 'everything');
  await git(ann, 'push', '--quiet', 'origin', 'HEAD:main');
  const bob = await at.clone('bob');
  const files = async (folder: string) =>
    Object.fromEntries(
      Object.entries(untimed(await read(folder))).filter(([path, hash]) => !path.startsWith('.git/') && hash !== 'collection'),
    );
  expect(await files(bob)).toEqual(await files(ann));
  expect(Object.keys(await files(bob)).length).toBeGreaterThan(60);
  expect(await fsck(bob)).toBe('');
});

test('two people push in turn; who is behind is refused until the other’s work is in', async () => {
  const ann = await at.begun('ann');
  const bob = await at.clone('bob');
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
  const eve = await at.clone('eve');
  expect(await readFile(join(eve, 'ann.txt'), 'utf8')).toBe('by Ann\nby Ann again\n');
  expect(await readFile(join(eve, 'bob.txt'), 'utf8')).toBe('by Bob\n');
  expect(await git(eve, 'rev-parse', 'HEAD^{tree}')).toBe(await git(ann, 'rev-parse', 'HEAD^{tree}'));
});

test('branches and tags come and go; a forced push takes a branch back', async () => {
  const ann = await at.begun('ann');
  const first = await git(ann, 'rev-parse', 'HEAD');
  await git(ann, 'checkout', '--quiet', '-b', 'topic/deep');
  const second = await commit(ann, 'on the topic');
  await git(ann, 'tag', 'light');
  await git(ann, 'tag', '--annotate', '--message', 'heavy', 'heavy');
  await git(ann, 'push', 'origin', 'topic/deep', 'light', 'heavy');
  const heavy = await git(ann, 'rev-parse', 'heavy');
  const all = { 'refs/heads/main': first, 'refs/heads/topic/deep': second, 'refs/tags/light': second, 'refs/tags/heavy': heavy };
  expect(await refs(ann)).toEqual(all);
  expect(await readFile(join(await at.clone('bob'), 'lines.txt'), 'utf8')).toBe('begun\n');
  await git(ann, 'push', 'origin', 'topic/deep:main');
  expect((await refs(ann))['refs/heads/main']).toBe(second);
  await git(ann, 'push', '--force', 'origin', `${first}:refs/heads/main`);
  await git(ann, 'push', 'origin', '--delete', 'topic/deep', 'light');
  expect(await refs(ann)).toEqual({ 'refs/heads/main': first, 'refs/tags/heavy': heavy });
  expect(Object.keys(await read(join(at.folder, 'refs')))).toEqual(['heads', 'heads/main', 'heads/topic', 'tags', 'tags/heavy']);
});

test('a repacked repository is cloned and pushed to', async () => {
  const ann = await at.begun('ann');
  for (let line = 0; line < 3; line++) await commit(ann, `line ${line}`);
  await git(ann, 'push', 'origin', 'main');
  await git(at.folder, 'repack', '-a', '-d', '--quiet');
  await git(at.folder, 'update-server-info');
  const bob = await at.clone('bob');
  await commit(bob, 'by Bob');
  await git(bob, 'push', 'origin', 'main');
  expect(await git(await at.clone('eve'), 'rev-parse', 'HEAD')).toBe(await git(bob, 'rev-parse', 'HEAD'));
});

describe('while somebody else holds a lock', () => {
  test.each([
    ['info/refs', /cannot lock existing info\/refs/],
    ['refs/heads/main', /Unable to lock remote branch refs\/heads\/main/],
    ['refs/', /Unable to lock remote branch refs\/heads\/main/],
    ['', /cannot lock existing info\/refs/],
  ])('on "%s", a push is refused and changes nothing; afterwards it works', async (path, message) => {
    const ann = await at.begun('ann');
    const before = await refs(ann);
    const token = await lock(`${at.url}/${path}`);
    await commit(ann, 'too early');
    const refused = await attempt(ann, 'push', 'origin', 'main');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(message);
    expect(refused.stderr).toMatch(/HTTP code=423/);
    expect(new Set(await locksBelow(at.url))).toEqual(new Set([token]));
    expect(await refs(ann)).toEqual(before);
    expect((await unlock(`${at.url}/${path}`, token)).status).toBe(204);
    await git(ann, 'push', 'origin', 'main');
    expect(await git(await at.clone('bob'), 'rev-parse', 'HEAD')).toBe(await git(ann, 'rev-parse', 'HEAD'));
  });

  test('on a branch, it is not deleted', async () => {
    const ann = await at.begun('ann');
    await git(ann, 'push', 'origin', 'main:topic');
    const token = await lock(`${at.url}/refs/heads/topic`);
    const { stderr } = await attempt(ann, 'push', 'origin', '--delete', 'topic');
    expect(stderr).toMatch(/DELETE request failed \(\d+\/423\)/);
    expect(Object.keys(await refs(ann)).sort()).toEqual(['refs/heads/main', 'refs/heads/topic']);
    await unlock(`${at.url}/refs/heads/topic`, token);
    await git(ann, 'push', 'origin', '--delete', 'topic');
    expect(Object.keys(await refs(ann))).toEqual(['refs/heads/main']);
  });
});

describe('other servers', () => {
  test('--base and --user, with the name and the password in the URL', async () => {
    const guarded = await madeForOne.server({ args: ['--base', '/dav/here', '--user', 'ann:open: sesame'] });
    await bare(join(guarded.folder, 'work.git'));
    const as = (who: string) => guarded.url.replace('//', `//${who}@`).concat('work.git');
    const ann = await at.clone('ann', as('ann:open%3A%20sesame'));
    const head = await commit(ann, 'with a password');
    await git(ann, 'push', 'origin', 'HEAD:main');
    expect(await git(await at.clone('bob', as('ann:open%3A%20sesame')), 'rev-parse', 'HEAD')).toBe(head);
    for (const stranger of [as('ann:wrong'), `${guarded.url}work.git`]) {
      expect((await attempt(at.local, 'clone', stranger, 'eve')).stderr).toMatch(/Authentication failed|could not read Username/);
      await commit(ann, 'more');
      expect((await attempt(ann, 'push', stranger, 'main')).status).not.toBe(0);
    }
    expect(await refs(ann)).toEqual({ 'refs/heads/main': head });
    expect(await fsck(join(guarded.folder, 'work.git'))).toBe('');
  });

  test('--read-only: it can be cloned, and no push gets in', async () => {
    const ann = await at.begun('ann');
    const reader = await madeForOne.server({ folder: at.server.folder, args: ['--read-only'] });
    const from = at.url.replace(at.server.url, reader.url);
    const bob = await at.clone('bob', from);
    await writeFile(join(bob, 'new.txt'), 'new');
    await commit(bob, 'by Bob');
    const refused = await attempt(bob, 'push', 'origin', 'main');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(/git-http-push failed/);
    expect(await refs(bob)).toEqual(await refs(ann));
  });
});
