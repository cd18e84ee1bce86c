// biome-ignore-all assist/source/organizeImports: grouped for readers
export type {
  EvaluateInput,
  EvaluateOutput,
  FitInput,
  FitOutput,
  Trainer,
  TrainerContext,
  WorkOrigin,
} from './trainer.js';
export { toldSignature } from './session/told-signature.js';
export { createSession } from './session/create-session.js';
export type { ClientIdentity, Session, SessionParts, SessionSettings } from './session/session.js';
export { isActive, type SessionError, type SessionState } from './session/session-state.js';
export { type Clock, systemClock } from './clock.js';

// For those who bring their own transport.
export type { CallOptions, Connection, Transport, WorkKey, WorkResult } from './connection.js';

// For those who drive a session of their own: its states and what changes them.
export { advance } from './session/advance.js';
export type { SessionEvent } from './session/session-event.js';
