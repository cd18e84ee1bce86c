export { createHttpTransport, type HttpTransportOptions } from './http/http-transport.js';
