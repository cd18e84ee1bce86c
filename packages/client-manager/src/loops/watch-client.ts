import { jittered } from './backoff.js';
import { factsOf, type LoopParts } from './loop-parts.js';

/** So often the client app is looked at, in milliseconds. */
const LOOK_EVERY_MS = 2_000;

/** Looks at the client app at every turn, and lets deadlines pass. Ends with the signal. */
export async function watchClient(parts: LoopParts): Promise<void> {
  const { record, clock, random, signal } = parts;
  for (;;) {
    const wait = jittered(LOOK_EVERY_MS, random());
    await look(parts, wait);
    signal.throwIfAborted();
    record.dispatch({ kind: 'time-passed', at: clock.now() });
    await clock.sleep(wait, signal);
  }
}

/** Looks at the client app once. */
export async function look(
  { record, client, clock, signal }: Pick<LoopParts, 'record' | 'client' | 'clock' | 'signal'>,
  nextInMs = LOOK_EVERY_MS,
): Promise<void> {
  const askedAt = clock.now();
  try {
    const report = await client.online(signal);
    const at = clock.now();
    record.dispatch({ kind: 'client-answered', at, askedAt, report, nextLookAt: at + nextInMs });
  } catch (error) {
    signal.throwIfAborted();
    const at = clock.now();
    record.dispatch({ kind: 'client-silent', at, error: factsOf(error), nextLookAt: at + nextInMs });
  }
}
