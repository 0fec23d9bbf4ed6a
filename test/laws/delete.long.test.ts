// DELETE on random trees, under random locks and faults.
import { test } from '@jest/globals';
import { keepsEveryLaw } from './keep.ts';

test('DELETE keeps every law', () => keepsEveryLaw('DELETE'));
