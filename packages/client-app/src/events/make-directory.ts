import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory, and those above it, for this user alone; content with one that is there. Node's own way of making
 * those above tries for ever where nothing can be made and a missing directory is told all the same, as below `/proc`.
 *
 * @throws The system's own error, such as `EACCES`.
 */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    if (isDirectory(path)) return;
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw cause;
    makeDirectory(dirname(path));
    makeInParent(path);
  }
}

/** Somebody else may have made it meanwhile. */
function makeInParent(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    if (!isDirectory(path)) throw cause;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
