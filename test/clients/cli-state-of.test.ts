// State belongs to the folder that it was made for: what happens when it is given to another one, or is taken away while it is used.
import { cp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { curl, lock } from './curl.ts';
import { dav207 } from './dav207.ts';
import { expectMistake, operator } from './operator.ts';

const at = operator();

describe('a state folder of another folder', () => {
  /** Serve `folder` with its state in `state`, and lock `/f`. */
  async function locked(folder: string, state: string): Promise<void> {
    await writeFile(join(folder, 'f'), 'content');
    const server = await at.serve({ folder, args: ['--state', state] });
    await lock(`${server.url}f`);
    await server.stop();
  }
  const put = async (folder: string, state: string) => {
    const server = await at.serve({ folder, args: ['--state', state] });
    const { status } = await curl(['-T', '-', `${server.url}f`], { input: 'x' });
    await server.stop();
    return status;
  };

  test('is refused, with what to do, and its locks are not taken for those of this one', async () => {
    const [first, second, state] = [await at.sub('first'), await at.sub('second'), join(at.folder, 'state')];
    await locked(first, state);
    const record = join(state, 'state.folder');
    for (const args of [[], ['--read-only']])
      expectMistake(
        await dav207([second, '--port', '0', '--state', state, ...args]),
        `--state ${state} has the locks and properties of ${first}, not of ${second}: give another folder, or delete ${record} if that folder has become this one.`,
      );
    await rm(record);
    expect(await put(second, state)).toBe(201); // the first start without a record takes what is there
    expectMistake(await dav207([first, '--port', '0', '--state', state]), second, record);
  });

  test('is not that of one which was renamed, or has come back from a copy of it', async () => {
    const [first, state] = [await at.sub('first'), join(at.folder, 'state')];
    await locked(first, state);
    const renamed = join(at.folder, 'renamed');
    await rename(first, renamed);
    expect(await put(renamed, state)).toBe(423);
    await cp(renamed, first, { recursive: true });
    await rm(renamed, { recursive: true });
    await rename(first, renamed);
    expect(await put(renamed, state)).toBe(423);
    expectMistake(await dav207([await at.sub('first'), '--port', '0', '--state', state]), renamed);
  });

  test('is refused as well where that keeps its own in itself, which travels with it', async () => {
    const [first, second] = [await at.sub('first'), await at.sub('second')];
    const server = await at.serve({ folder: first });
    await curl(['-T', '-', `${server.url}f`], { input: 'x' });
    await lock(`${server.url}f`);
    await server.stop();
    expectMistake(
      await dav207([second, '--port', '0', '--state', join(first, '.dav207')]),
      `has the locks and properties of ${first}, not of ${second}: give another folder.`,
    );
    const renamed = join(at.folder, 'renamed');
    await rename(first, renamed);
    await symlink(renamed, first);
    expect(await put(renamed, join(first, '.dav207'))).toBe(423); // its own, by another name
    expect(await readdir(join(renamed, '.dav207'))).not.toContain('state.folder');
  });
});

test('what is removed while it is served is 503 to who wants to store in it, until it is there again', async () => {
  const server = await at.serve();
  const put = () => curl(['-T', '-', `${server.url}f`], { input: 'x' });
  await put();
  await lock(`${server.url}f`);
  const [own, away] = [join(at.folder, '.dav207'), join(at.folder, 'away')];
  await rename(own, away);
  expect((await put()).status).toBe(423);
  const make = async () => (await curl(['-T', '-', `${server.url}g`], { input: 'x' })).status;
  expect(await make()).toBe(201);
  await expect(lock(`${server.url}g`)).rejects.toThrow('answered 503:\nNothing can be stored here until the server is started anew.');
  expect(server.stderr()).toContain(`${join(own, 'state.mdb')} is gone: put it back, or start this server again`);
  await rm(own, { recursive: true });
  await rename(away, own);
  await lock(`${server.url}g`);
  expect((await put()).status).toBe(423);
});
