import { FedOpsError } from '@fedops/shared-types';
import { type Call, calling } from '../call.js';
import { connectionOf } from '../config/connection.js';
import type { CommandContext } from '../context.js';
import { advised } from './advised.js';
import { type ManagerLine, openManagerLine } from './manager-line.js';

/** The action of a command that asks a server manager; its errors say what one can do. */
export function managing(
  context: CommandContext,
  work: (call: Call, manager: ManagerLine) => Promise<void>,
): (...given: unknown[]) => Promise<void> {
  return calling(context, async (call) => {
    const connection = await connectionOf(call);
    try {
      await work(call, openManagerLine(context, connection));
    } catch (error) {
      throw FedOpsError.is(error) ? advised(error, connection.url) : error;
    }
  });
}
