// Random verbs on each kind of state agree with the model.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from '@jest/globals';
import { lmdbState } from '../../src/state/lmdb.ts';
import { memoryState } from '../../src/state/memory.ts';
import { checkAgainstModel } from './state.model.ts';

const folder = mkdtempSync(join(tmpdir(), 'dav207-state-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('in memory', () => checkAgainstModel(async () => memoryState(), 150));

test('on disk', () => {
  let opened = 0;
  return checkAgainstModel(() => lmdbState(join(folder, `${opened++}`, '.dav207')), 25);
});
