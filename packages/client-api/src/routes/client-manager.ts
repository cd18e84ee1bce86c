import { ManagerInfoSchema } from '@fedops/shared-types';

const base = {
  method: 'GET',
  answer: ManagerInfoSchema,
  errorAnswer: 'internal',
  presence: 'required',
} as const;

/** The routes of a device's client manager; docs/protocol.md 3.3 and, for the repetitions, 3.5. */
export const clientManagerRoutes = {
  info: { ...base, path: '/info', repetition: 'freely' },
  clientOut: { ...base, path: '/flclient_out', repetition: 'freely' },
  /** Makes Python's manager close the whole task, hence not twice. */
  trainFin: { ...base, path: '/trainFin', repetition: 'if-unheard' },
  trainFail: { ...base, path: '/trainFail', repetition: 'if-unheard' },
} as const;
