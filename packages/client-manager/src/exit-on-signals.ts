import { type Logger, silentLogger } from '@fedops/http-service';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Below the 5 s that a service has to end. */
const CLOSE_WITHIN_MS = 4_900;

/**
 * Ends this process with code 0 on SIGTERM or SIGINT, once the handle is closed and after 5 s at the latest; at once,
 * with code 1, on a second signal.
 *
 * @returns The way to take the listeners off again.
 */
export function exitOnSignals(
  handle: { close(): Promise<void> },
  { logger = silentLogger }: { readonly logger?: Logger } = {},
): () => void {
  let signals = 0;
  const leave = (signal: NodeJS.Signals) => {
    signals++;
    if (signals > 1) process.exit(1);
    logger.info({ signal }, 'closing');
    setTimeout(() => process.exit(0), CLOSE_WITHIN_MS);
    handle
      .close()
      .catch((cause: unknown) => logger.error({ err: cause }, 'could not close'))
      .finally(() => process.exit(0));
  };
  for (const signal of SIGNALS) process.on(signal, leave);
  return () => {
    for (const signal of SIGNALS) process.off(signal, leave);
  };
}
