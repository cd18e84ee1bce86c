export { createHttpTransport, type HttpTransportOptions } from './http/http-transport.js';
export { loadIdentity } from './identity/load-identity.js';
