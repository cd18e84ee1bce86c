import type { Logger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import type { Managers } from '../report/managers.js';

/** A start does not wait longer for a version, which it can do without. */
const WITHIN_MS = 5_000;

/** The version that the run is to publish, as the client manager says; undefined where nobody says. Never rejects. */
export async function toldVersion({ client }: Managers, logger: Logger): Promise<number | undefined> {
  if (client === undefined) return undefined;
  try {
    const { GL_Model_V: version } = await client.getInfo({ signal: AbortSignal.timeout(WITHIN_MS) });
    return version > 0 ? version : undefined;
  } catch (cause) {
    logger.info(
      { code: FedOpsError.from(cause).code },
      'the client manager does not say which version is built',
    );
    return undefined;
  }
}
