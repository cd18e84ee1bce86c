import { join } from 'node:path';
import { readText, replaceText } from './files.js';
import { type Kept, NOTHING_KEPT, parseStateFile, stateFileText } from './kept.js';

/** Where the state outlives the process. */
export interface StateKeeper {
  /** @throws {FedOpsError} `storage`, also for a file that is damaged: it never counts as none. */
  load(): Promise<Kept>;
  /** Resolves once it is durable. @throws {FedOpsError} `storage` */
  save(kept: Kept): Promise<void>;
}

/** Keeps the state in `client-manager-state.json` of a directory. */
export function fileStateKeeper(directory: string): StateKeeper {
  const path = join(directory, 'client-manager-state.json');
  return {
    async load() {
      const text = await readText(path);
      return text === undefined ? NOTHING_KEPT : parseStateFile(text, path);
    },
    save: (kept) => replaceText(path, stateFileText(kept)),
  };
}
