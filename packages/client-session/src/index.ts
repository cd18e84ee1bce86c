export { type Clock, systemClock } from './clock.js';
// For those who bring their own transport.
export type { CallOptions, Connection, Transport, WorkKey, WorkResult } from './connection.js';
export { advance } from './session/advance.js';
export { createSession } from './session/create-session.js';
export type { ClientIdentity, Session, SessionParts, SessionSettings } from './session/session.js';
export type { SessionEvent } from './session/session-event.js';
export { isActive, type SessionError, type SessionState } from './session/session-state.js';
export type {
  EvaluateInput,
  EvaluateOutput,
  FitInput,
  FitOutput,
  Trainer,
  TrainerContext,
} from './trainer.js';
