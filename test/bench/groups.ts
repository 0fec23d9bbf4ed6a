// All rows, in the order in which they are measured.
import { fairness } from './rows-fairness.ts';
import { get } from './rows-get.ts';
import { growing } from './rows-growth.ts';
import { locks } from './rows-lock.ts';
import { infinity, propfind } from './rows-propfind.ts';
import { put } from './rows-put.ts';
import { start } from './rows-start.ts';
import { tree } from './rows-tree.ts';
import type { Group } from './scene.ts';

export const GROUPS: readonly Group[] = [get, propfind, infinity, put, tree, locks, fairness, start, growing];
