// State in memory keeps the contract.
import { memoryState } from '../../src/state/memory.ts';
import { contractOf } from './state.contract.ts';

contractOf('memory', async () => memoryState());
