import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { holdRequests } from './held-requests.js';

const answerOn = (socket: Socket) => new ServerResponse(new IncomingMessage(socket));
const overloaded = expect.objectContaining({ code: 'overloaded' });

it('gives a place back once, be it by the end of the answer or by that of the connection', () => {
  const held = holdRequests('polls', { most: 2 });
  const [socket, other] = [new Socket(), new Socket()];
  const answer = answerOn(socket);
  held.hold('a', answer);
  held.hold('b', answerOn(other));
  expect(() => held.hold('c', answerOn(other))).toThrow(overloaded);
  answer.emit('close');
  socket.emit('close');
  held.hold('c', answerOn(other));
  expect(() => held.hold('d', answerOn(other))).toThrow(overloaded);
  other.emit('close');
  for (const caller of ['d', 'e']) held.hold(caller, answerOn(socket));
  expect(() => held.hold('f', answerOn(socket))).toThrow(overloaded);
});

it('refuses a caller that has its places, and no other', () => {
  const held = holdRequests('polls', { most: 10, mostOfCaller: 1 });
  const socket = new Socket();
  held.hold('a', answerOn(socket));
  expect(() => held.hold('a', answerOn(socket))).toThrow(overloaded);
  held.hold('b', answerOn(socket));
  socket.emit('close');
  held.hold('a', answerOn(socket));
});

it('gives no place to who has gone already', () => {
  const held = holdRequests('polls', { most: 1 });
  const gone = new Socket();
  gone.destroy();
  held.hold('a', answerOn(gone));
  held.hold('b', answerOn(new Socket()));
});
