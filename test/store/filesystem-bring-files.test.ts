// Many files that take the places of others at once, or are moved: which do, and what is left to who does it file by file. See also random-bring-files.
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Path } from '../../src/protocol/path.ts';
import { makeEtags, type Numbers } from '../../src/store/etag.ts';
import { filesystemStore } from '../../src/store/filesystem.ts';
import type { Resource, Store } from '../../src/store/store.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

const at = (path: string) => path as Path;

describe('of many files', () => {
  let folder: string;
  let store: Store;
  beforeEach(() => {
    folder = temporaryFolder();
    store = filesystemStore({ folder });
    for (const name of ['from', 'to', 'aside']) mkdirSync(`${folder}/${name}`);
  });
  afterEach(() => removeFolder(folder));

  async function replaced(alone: (member: Path) => boolean = () => false) {
    const all = { files: [] as string[], others: [] as Resource[] };
    const which = { from: at('/from'), to: at('/to'), aside: async () => at('/aside'), alone };
    for await (const { files, others } of store.bulk?.replaceFiles(which) ?? []) {
      for (const { path, replaced } of files) all.files.push(`${path} ${replaced}`);
      all.others.push(...others);
    }
    expect(readdirSync(`${folder}/aside`)).toEqual([]);
    return [all.files.sort(), all.others.map(({ path }) => path).sort()];
  }

  test('each takes the place of a file of its name, whose mode stays', async () => {
    for (const name of ['new', 'old', 'program']) writeFileSync(`${folder}/from/${name}`, name);
    chmodSync(`${folder}/from/program`, 0o755);
    for (const name of ['old', 'program']) writeFileSync(`${folder}/to/${name}`, 'before');
    chmodSync(`${folder}/to/old`, 0o4600);
    chmodSync(`${folder}/to/program`, 0o711);
    expect(await replaced()).toEqual([['/from/new false', '/from/old true', '/from/program true'], []]);
    expect(['new', 'old', 'program'].map((name) => readFileSync(`${folder}/to/${name}`, 'utf8'))).toEqual(['new', 'old', 'program']);
    expect(['new', 'old', 'program'].map((name) => statSync(`${folder}/to/${name}`).mode & 0o7777)).toEqual([0o644, 0o600, 0o711]);
  });

  test('what would change more than that, and what is to be left, is left', async () => {
    const names = ['asked', 'becomes a program', 'collection', 'link', 'owner'];
    for (const name of names) writeFileSync(`${folder}/from/${name}`, name);
    chmodSync(`${folder}/from/becomes a program`, 0o755);
    for (const name of ['becomes a program', 'owner']) writeFileSync(`${folder}/to/${name}`, 'before');
    chownSync(`${folder}/to/owner`, 1, 1);
    mkdirSync(`${folder}/to/collection`);
    symlinkSync('owner', `${folder}/to/link`);
    expect(await replaced((path) => path === '/from/asked')).toEqual([[], names.map((name) => `/from/${name}`)]);
    expect(readdirSync(`${folder}/to`).sort()).toEqual(names.slice(1));
    expect(readFileSync(`${folder}/to/owner`, 'utf8')).toBe('before');
  });

  test('moved, entity-tags hear of each, and what has its name taken is left', async () => {
    for (const name of ['asked', 'f', 'taken']) writeFileSync(`${folder}/from/${name}`, name);
    writeFileSync(`${folder}/to/taken`, 'before');
    const heard: bigint[] = [];
    const etags = { ...makeEtags(), touched: ({ ctimeNs }: Numbers) => void heard.push(ctimeNs) };
    const { bulk } = filesystemStore({ folder, etags });
    const alone = (path: Path) => path === '/from/asked';
    const brought = [];
    for await (const batch of bulk?.moveFiles({ from: at('/from'), to: at('/to'), alone }) ?? []) brought.push(batch);
    expect(brought.map(({ files }) => files)).toEqual([[{ path: '/from/f', replaced: false }]]);
    expect(brought[0]?.others.map(({ path }) => path).sort()).toEqual(['/from/asked', '/from/taken']);
    expect(heard).toEqual([lstatSync(`${folder}/to/f`, { bigint: true }).ctimeNs]);
    expect(readFileSync(`${folder}/to/taken`, 'utf8')).toBe('before');
  });

  test('entity-tags hear of what takes a place', async () => {
    writeFileSync(`${folder}/from/f`, 'f');
    writeFileSync(`${folder}/to/f`, 'before');
    const heard: bigint[] = [];
    store = filesystemStore({ folder, etags: { ...makeEtags(), written: ({ ctimeNs }: Numbers) => void heard.push(ctimeNs) } });
    await replaced();
    expect(heard).toEqual([lstatSync(`${folder}/to/f`, { bigint: true }).ctimeNs]);
  });
});
