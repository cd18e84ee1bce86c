import type { Call } from '../call.js';
import { aborted } from './aborted.js';

/** A service at work. */
export interface Service {
  /** What to tell whoever waits for it: never a secret. */
  readonly ready: Readonly<Record<string, unknown>> & { readonly url: string };
  /** Resolves where the service ends by itself; what it rejects with ends the command. */
  readonly ended?: Promise<void>;
  close(): Promise<void>;
}

/**
 * Runs a service until it ends by itself or is told to end: by the context's signal, or by the end of standard input
 * where `--stop-on-eof` asks for that. Says `ready`, then `stopped`.
 *
 * @param name Of the service, for people.
 * @param start Gives up as soon as the signal aborts, or leaves nothing behind.
 * @throws what `start` or the service's end throws.
 */
export async function serve(call: Call, name: string, start: () => Promise<Service>): Promise<void> {
  const { output, context, flags } = call;
  const service = await start();
  try {
    output.item(
      { event: 'ready', service: name, ...service.ready },
      ({ url }, { bold }) => `${name} ready: ${bold(url)}`,
    );
    const eof = flags.stopOnEof === true ? context.inputEnded() : new Promise<void>(() => {});
    await Promise.race([aborted(context.signal), eof, service.ended ?? new Promise<void>(() => {})]);
  } finally {
    await service.close();
  }
  output.item({ event: 'stopped', service: name }, () => `${name} stopped`);
}
