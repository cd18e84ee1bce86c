// Many clients that wait for instructions, each over a socket of its own: raw, so that this process is cheap.
// Arguments: port of the server, the address to come from, the first client's number, how many.
import { connect } from 'node:net';
import { STATUS } from './status.mjs';

const [port, address, first, count] = process.argv.slice(2);
const REGISTER_AT_A_TIME = 20;

let next = Number(first);
const end = next + Number(count);
let waiting = 0;
let empty = 0;
let woken = 0;
let lost = 0;
let lastAt = 0;

process.once('disconnect', () => process.exit());
process.on('message', () => process.send({ waiting, empty, woken, lost, lastAt }));

await Promise.all(Array.from({ length: REGISTER_AT_A_TIME }, registerInTurn));
process.send({ waiting, empty, woken, lost, lastAt });

async function registerInTurn() {
  while (next < end) {
    const clientId = `client-${next++}`;
    const exchange = await connectedExchange();
    const { body } = await exchange(registrationOf(clientId));
    waiting++;
    waitForWork(exchange, clientId, JSON.parse(body).token).catch(() => {
      lost++;
    });
  }
}

async function waitForWork(exchange, clientId, token) {
  const poll =
    `GET /v1/clients/${clientId}/instruction?waitMs=25000 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    `Authorization: Bearer ${token}\r\n\r\n`;
  for (;;) {
    const { status, body } = await exchange(poll);
    if (status === 204) {
      empty++;
      continue;
    }
    if (status !== 200 || JSON.parse(body).kind !== 'fit') throw new Error(`${status}: ${body}`);
    woken++;
    lastAt = Date.now();
    return;
  }
}

function registrationOf(clientId) {
  const body = JSON.stringify({
    protocolVersion: 1,
    taskId: 'bench',
    clientId,
    key: 'the key of the benchmark',
    status: STATUS,
  });
  return (
    `POST /v1/clients HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** Sends one request at a time over one connection; an answer has a Content-Length or no body. */
async function connectedExchange() {
  const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: address });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let answered;
  let text = '';
  const fail = () => answered?.reject(new Error('the connection ended'));
  socket.setEncoding('latin1').on('error', fail).on('close', fail);
  socket.on('data', (piece) => {
    text += piece;
    const headEnd = text.indexOf('\r\n\r\n');
    if (headEnd === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
    if (text.length < headEnd + 4 + length) return;
    const answer = { status: Number(text.slice(9, 12)), body: text.slice(headEnd + 4) };
    text = '';
    answered.resolve(answer);
  });
  return (request) =>
    new Promise((resolve, reject) => {
      answered = { resolve, reject };
      socket.write(request);
    });
}
