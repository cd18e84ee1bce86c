export { createLogger, silentLogger, type Logger } from './logger.js';
export { guardRequests, type GuardSettings } from './guard-requests.js';
export { jsonBody, type JsonBodySettings } from './json-body.js';
export { bearerToken, sameSecret } from './bearer-token.js';
export { answerErrors, answerNotFound } from './answer-errors.js';
export { listen, type CloseOptions, type Listener, type ListenSettings } from './listen.js';
export { isLoopback } from './host-name.js';
