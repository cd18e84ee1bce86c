// biome-ignore-all assist/source/organizeImports: grouped for readers
export { commandTrainer, type CommandTrainerParts } from './command-trainer.js';
export type { CommandLimits, CommandTrainerSettings } from './settings.js';
export type { ModelFormat } from './model/model-format.js';
export type { ProgramLine } from './program/run-program.js';

// The contract, for programs in TypeScript.
export type { EvaluateTask, FitTask, TaskDocument } from './task/task-document.js';
