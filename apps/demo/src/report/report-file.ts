import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import type { DemoReport } from './demo-report.js';

/**
 * Looks, before a demo begins, whether its report can be written in the end.
 *
 * @throws {FedOpsError} `invalid-argument` where the folder is missing or closed, or the path is a folder.
 */
export async function assertReportPath(path: string): Promise<void> {
  const folder = dirname(path);
  const isOpen = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isOpen) throw new FedOpsError('invalid-argument', `--report: cannot write in ${folder}`);
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory() === true)
    throw new FedOpsError('invalid-argument', `--report: ${path} is a folder`);
}

/** @throws {FedOpsError} `storage` where the file cannot be written. */
export async function writeReport(path: string, report: DemoReport): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
  } catch (cause) {
    throw new FedOpsError('storage', `cannot write ${path}: ${FedOpsError.from(cause).message}`, { cause });
  }
}
