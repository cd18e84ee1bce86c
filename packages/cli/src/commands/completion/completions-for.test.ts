import { beforeAll, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { fakeContext } from '../../../test/fake-context.js';
import { createProgram } from '../../program.js';
import { completionsFor } from './completions-for.js';

let program: Command;

beforeAll(async () => {
  program = await createProgram(fakeContext());
});

const values = (...words: string[]) => completionsFor(program, words).candidates.map(({ value }) => value);

it('offers commands, and those below a command', () => {
  expect(values('mod')).toEqual(['model']);
  expect(values('run', '')).toEqual(expect.arrayContaining(['start', 'stop', 'list', 'watch']));
  expect(values('run', 'st')).toEqual(['start', 'stop']);
});

it('hides what is hidden', () => {
  expect(values('comp')).toEqual(['completion']);
});

it('offers the options of a command and of all above it', () => {
  expect(values('run', 'watch', '--')).toEqual(expect.arrayContaining(['--task', '--manager', '--json']));
  expect(values('model', 'get', 'mnist', '--fo')).toEqual(['--format', '--force']);
});

it('offers the choices of an option’s value, also after an equals sign as bash splits it', () => {
  expect(values('model', 'get', '--format', '')).toEqual(['raw', 'safetensors', 'npz']);
  expect(values('model', 'get', '--format', '=', 's')).toEqual(['safetensors']);
  expect(values('completion', 'f')).toEqual(['fish']);
});

it.each([
  [['task', 'show', ''], { ids: 'task', files: false }],
  [['run', 'start', ''], { ids: 'task', files: false }],
  [['why', ''], { ids: 'run', files: false }],
  [['run', 'list', '--task', ''], { ids: 'task', files: false }],
  [['task', 'create', '--file', ''], { ids: undefined, files: true }],
  [['task', 'set-model', 'mnist', ''], { ids: undefined, files: true }],
  [['--config', ''], { ids: undefined, files: true }],
  [['task', 'show', 'mnist', ''], { ids: undefined, files: false }],
])('knows what stands at the end of %j', (words, wanted) => {
  expect(completionsFor(program, words)).toMatchObject(wanted);
});

it('does not take the value of an option for a command', () => {
  expect(values('--config', 'run', 'st')).toEqual([]);
  expect(values('run', 'list', '--task', 'mnist', '--li')).toEqual(['--limit']);
});
