// COPY on random trees, under random locks and faults.
import { test } from '@jest/globals';
import { keepsEveryLaw } from './keep.ts';

test('COPY keeps every law', () => keepsEveryLaw('COPY'));
