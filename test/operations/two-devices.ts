// A store of two file systems: what is below `/m` is on the other one, with a staging place of its own beside each target.
import { DavError } from '../../src/protocol/error.ts';
import { isBelow, type Path, parentOf } from '../../src/protocol/path.ts';
import { asCrossing } from '../../src/store/other-device.ts';
import type { Store } from '../../src/store/store.ts';

export function twoDevices(store: Store): Store {
  const onOther = (path: Path) => isBelow(path, '/m' as Path);
  let staged = 0;
  return {
    ...store,
    rename: async (from, to) => {
      if (onOther(from) !== onOther(to)) throw asCrossing(new DavError(403, 'Source and destination are on different file systems.'));
      return store.rename(from, to);
    },
    stage: async (near) => (onOther(near) ? (`${parentOf(near)}/.dav207-${staged++}` as Path) : store.stage(near)),
  };
}
