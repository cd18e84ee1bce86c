export interface PythonEnvironment {
  readonly name: string;
  readonly installs: readonly (readonly string[])[];
}

export const MODEL_FILES: string;
export const ENVIRONMENTS: readonly PythonEnvironment[];
export function interopDirectory(env?: NodeJS.ProcessEnv): string;
export function pythonIn(name: string, env?: NodeJS.ProcessEnv): string;
export function pythonOf(version: string): string;
export function findPython(env?: NodeJS.ProcessEnv): string;
export function makePythonEnvironment(environment: PythonEnvironment, env?: NodeJS.ProcessEnv): void;
