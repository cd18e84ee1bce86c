export { answerErrors, answerNotFound, type ErrorAnswerer } from './answer-errors.js';
export { bearerToken, sameSecret } from './bearer-token.js';
export { type GuardSettings, guardRequests, type RequestGuard } from './guard-requests.js';
export { isLoopback } from './host-name.js';
export { type JsonBodySettings, jsonBody } from './json-body.js';
export { type CloseOptions, type Listener, type ListenSettings, listen } from './listen.js';
export { createLogger, type Logger, silentLogger } from './logger.js';
export { requireToken } from './require-token.js';
export { sendAnswer, type WholeAnswer } from './send-answer.js';
