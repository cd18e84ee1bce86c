export function interopDirectory(env?: NodeJS.ProcessEnv): string;
export function pythonOf(version: string): string;
export function makePythonEnvironment(version: string, env?: NodeJS.ProcessEnv): void;
