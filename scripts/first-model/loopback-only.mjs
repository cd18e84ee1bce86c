// Loaded into each process of a federation (NODE_OPTIONS): writes down every address beyond loopback that it connects
// to, sends to, listens on or asks a name for. LOOPBACK_ONLY_LOG names the file.
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [dgram, dns, net] = [require('node:dgram'), require('node:dns'), require('node:net')];
const LOOPBACK = /^(127(\.\d+){3}|::1|\[::1\]|::ffff:127(\.\d+){3}|localhost)$/i;

function note(what, host) {
  if (LOOPBACK.test(host)) return;
  appendFileSync(process.env.LOOPBACK_ONLY_LOG, `${process.pid} ${what} ${host}\n`);
}

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  const options = typeof first === 'object' && first !== null ? first : { port: first, host: args[1] };
  if (!options.path) note('connects to', String(options.host ?? 'localhost'));
  return connect.apply(this, args);
};

const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (...args) {
  this.once('listening', () => {
    const address = this.address();
    if (typeof address === 'object' && address !== null) note('listens on', address.address);
  });
  return listen.apply(this, args);
};

const { lookup } = dns;
dns.lookup = function (name, ...rest) {
  if (net.isIP(name) === 0) note('looks up', name);
  return lookup.call(this, name, ...rest);
};

const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
  note('sends to', String(args.findLast((value) => typeof value === 'string') ?? 'an address'));
  return send.apply(this, args);
};
