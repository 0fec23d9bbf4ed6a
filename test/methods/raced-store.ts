// A store in which, from a moment on, another program writes each file anew just after it was renamed into place.
import { memoryStore } from '../../src/store/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { chunks } from '../store/speaking.ts';

export function racedStore(): { readonly store: Store; race(): void } {
  const memory = memoryStore();
  let raced = false;
  return {
    store: {
      ...memory,
      async rename(from, to) {
        await memory.rename(from, to);
        if (!raced) return;
        await memory.remove(to);
        await memory.write(to, chunks('theirs'));
      },
    },
    race() {
      raced = true;
    },
  };
}
