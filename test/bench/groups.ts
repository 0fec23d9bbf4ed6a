// All rows, in the order in which they are measured.
import { get } from './rows-get.ts';
import { infinity, propfind } from './rows-propfind.ts';
import type { Group } from './scene.ts';

export const GROUPS: readonly Group[] = [get, propfind, infinity];
