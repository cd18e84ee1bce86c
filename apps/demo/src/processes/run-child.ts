import { createLogger, type Logger } from '@fedops/http-service';
import { FedOpsError, parseWith } from '@fedops/shared-types';
import type { z } from 'zod';
import { openParentLine, type ParentLine } from './parent-line.js';

export interface ChildParts {
  readonly parent: ParentLine;
  readonly logger: Logger;
}

/** What a child has running. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * The life of a child process: reads its settings (JSON, the first argument), starts, and closes on SIGTERM, SIGINT
 * or when the parent is gone. What it cannot start with is told to the parent; exit code 1.
 */
export async function runChild<S extends z.ZodType>(
  name: string,
  schema: S,
  start: (settings: z.output<S>, parts: ChildParts) => Promise<Closable>,
): Promise<void> {
  const parent = openParentLine();
  const logger = createLogger(name);
  let started: Closable | undefined;
  let isClosing = false;

  const close = () => {
    if (isClosing) return;
    isClosing = true;
    void Promise.resolve(started?.close())
      .catch((error: unknown) => logger.error({ err: error }, 'could not close'))
      .then(() => parent.flush())
      .then(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(signal, close);

  try {
    const settings = parseWith(schema, JSON.parse(process.argv[2] ?? 'null'), `settings of ${name}`);
    started = await start(settings, { parent, logger });
  } catch (error) {
    if (isClosing) return;
    const { code, message } = FedOpsError.from(error);
    logger.error({ err: error }, 'could not start');
    parent.tell({ kind: 'failed', code, message });
    await parent.flush();
    process.exit(1);
  }
}
