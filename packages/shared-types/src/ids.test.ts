import { describe, expect, it } from '@jest/globals';
import { ClientIdSchema, RunIdSchema, type TaskId, TaskIdSchema } from './ids.js';

describe.each([
  ['task', TaskIdSchema],
  ['run', RunIdSchema],
  ['client', ClientIdSchema],
])('a %s id', (_what, schema) => {
  it.each(['a', 'MNIST task 1', '..', 'a/b', '과제', 'x'.repeat(200)])('may be %p', (id) => {
    expect(schema.parse(id)).toBe(id);
  });

  it.each([[''], ['x'.repeat(201)], ['\ud800'], [7], [null]])('may not be %p', (id) => {
    expect(schema.safeParse(id).success).toBe(false);
  });
});

describe('ids of different kinds', () => {
  it('cannot stand for one another', () => {
    const clientId = ClientIdSchema.parse('a');
    // @ts-expect-error a client id is no task id
    const taskId: TaskId = clientId;
    expect(taskId).toBe('a');
  });
});
