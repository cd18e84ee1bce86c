export interface PythonEnvironment {
  readonly name: string;
  /** What pip is called with for a release of Python, such as 3.11. */
  installs(release: string): readonly (readonly string[])[];
}

export const MODEL_FILES: string;
export const ENVIRONMENTS: readonly PythonEnvironment[];
export function interopDirectory(env?: NodeJS.ProcessEnv): string;
export function pythonIn(name: string, env?: NodeJS.ProcessEnv): string;
export function pythonOf(version: string): string;
export function makePythonEnvironment(environment: PythonEnvironment, env?: NodeJS.ProcessEnv): void;
