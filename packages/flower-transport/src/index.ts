export { createFlowerTransport, type FlowerTransportOptions } from './flower-transport.js';
