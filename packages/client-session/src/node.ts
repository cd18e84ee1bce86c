export { createHttpTransport, type HttpTransportOptions } from './http/http-transport.js';
export { loadIdentity } from './identity/load-identity.js';
export { type WorkerTrainer, type WorkerTrainerOptions, workerTrainer } from './worker/worker-trainer.js';
