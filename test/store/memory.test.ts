// The store of maps obeys the contract of all stores.
import { memoryStore } from '../../src/store/memory.ts';
import { storeContract } from './store.contract.ts';

storeContract('memory', async () => ({ store: memoryStore(), close: async () => undefined }));
