import { FedOpsError } from '@fedops/shared-types';
import type { Exchange } from '../http/exchange.js';
import { openLegacyLine } from './legacy-line.js';
import type { DeviceFacts, ServerLine, ServerManagerAddress } from './server-line.js';
import { NO_V1, openV1Line } from './v1-line.js';

/** Registers a device, by whichever routes the server manager has. */
export type OpenLine = (facts: DeviceFacts, signal: AbortSignal) => Promise<ServerLine>;

/**
 * Registers by `/v1` where the manager has it, else by `/FLSe`; each registration looks anew, so that a manager that
 * has been replaced is met as what it is.
 */
export function lineOpener(exchange: Exchange, address: ServerManagerAddress): OpenLine {
  return async (facts, signal) => {
    if (address.api === 'legacy') return openLegacyLine(exchange, address, facts, signal);
    try {
      return await openV1Line(exchange, address, facts, signal);
    } catch (error) {
      if (address.api === 'v1' || !(FedOpsError.is(error) && error.details.missing === NO_V1)) throw error;
      return openLegacyLine(exchange, address, facts, signal);
    }
  };
}
