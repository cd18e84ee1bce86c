import type { FLServerParts, FLServerSettings } from '@fedops/server';
import type { RunId, RunSettings, TaskId } from '@fedops/shared-types';
import { exportedFunction } from './exported-function.js';

/** What a module of one's own brings to an FL server that the manager starts; each field has a default. */
export interface ServerComposition extends Partial<Pick<FLServerParts, 'evaluate' | 'strategy'>> {
  readonly limits?: NonNullable<FLServerSettings['limits']>;
  /** Called once, when the FL server has closed. */
  close?(): Promise<void>;
}

/** The run that an FL server is started for. */
export interface ComposedRun {
  readonly taskId: TaskId;
  readonly runId: RunId;
  readonly settings: RunSettings;
}

/**
 * What such a module exports under the name `composeServer`. It is called in the process of the FL server, once, before
 * that starts; what it throws is the reason why the run fails.
 */
export type ComposeServer = (run: ComposedRun) => ServerComposition | Promise<ServerComposition>;

/**
 * Asks the module for what it brings.
 *
 * @param moduleUrl Null for nothing.
 * @throws {FedOpsError} `invalid-argument` for a module that cannot be loaded or exports no `composeServer`; what that
 *   throws.
 */
export async function composedBy(moduleUrl: string | null, run: ComposedRun): Promise<ServerComposition> {
  if (moduleUrl === null) return {};
  const composeServer = await exportedFunction<ComposeServer>(moduleUrl, 'composeServer');
  return composeServer(run);
}
