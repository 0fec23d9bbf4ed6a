// State in memory keeps the contract and the model.
import { test } from '@jest/globals';
import { memoryState } from '../../src/state/memory.ts';
import { contractOf } from './state.contract.ts';
import { checkAgainstModel } from './state.model.ts';

contractOf('memory', async () => memoryState());

test('random verbs agree with the model', () => checkAgainstModel(async () => memoryState(), 150));
