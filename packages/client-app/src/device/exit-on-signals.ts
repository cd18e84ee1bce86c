import { type Logger, silentLogger } from '@fedops/http-service';

const EXIT_WITHIN_MS = 4_900;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Ends this process with code 0 on SIGTERM or SIGINT, once the handle is closed and after 5 s at the latest; at once,
 * with code 1, on a second signal. Where a system has no such signals, `POST /stop` ends a training.
 *
 * @returns The way to take the listeners off again.
 */
export function exitOnSignals(
  handle: { close(): Promise<void> },
  { logger = silentLogger }: { readonly logger?: Logger } = {},
): () => void {
  let isClosing = false;
  const leave = (signal: NodeJS.Signals) => {
    if (isClosing) process.exit(1);
    isClosing = true;
    logger.info({ signal }, 'closing');
    setTimeout(() => process.exit(0), EXIT_WITHIN_MS);
    handle.close().then(
      () => process.exit(0),
      (cause: unknown) => {
        logger.error({ err: cause }, 'could not close');
        process.exit(0);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, leave);
  return () => {
    for (const signal of SIGNALS) process.off(signal, leave);
  };
}
