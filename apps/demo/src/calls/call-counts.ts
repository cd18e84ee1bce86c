import { z } from 'zod';

const times = z.int().min(0);

/** How often each call of the control plane was made for one device and answered well. */
export const CallCountsSchema = z.object({
  /** Of the device at the server manager, by its client manager; again after it was forgotten. */
  register: times,
  /** Of the client manager, also while the client trains. */
  heartbeat: times,
  /** `GET /online` of the client app. */
  online: times,
  /** `POST /start` of the client app. */
  start: times,
  /** By the client app, where a start does not say where the FL server is. */
  getPort: times,
  /** By the client app to its client manager. */
  trainFin: times,
  clientOut: times,
});
export type CallCounts = z.infer<typeof CallCountsSchema>;
export type CountedCall = keyof CallCounts;

export const NO_CALLS: CallCounts = {
  register: 0,
  heartbeat: 0,
  online: 0,
  start: 0,
  getPort: 0,
  trainFin: 0,
  clientOut: 0,
};

/** The counts after more calls. */
export function withCalls(counts: CallCounts, more: CallCounts): CallCounts {
  const sums = Object.entries(counts).map(([call, count]) => [call, count + more[call as CountedCall]]);
  return Object.fromEntries(sums) as CallCounts;
}
