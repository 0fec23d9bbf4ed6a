// LOCK and UNLOCK on random trees, under random locks and faults.
import { test } from '@jest/globals';
import { keepsEveryLaw } from './keep.ts';

test('LOCK keeps every law', () => keepsEveryLaw('LOCK'));
test('UNLOCK keeps every law', () => keepsEveryLaw('UNLOCK'));
