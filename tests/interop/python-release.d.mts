export interface PythonRelease {
  readonly command: string;
  readonly release: string;
}

export function findPython(env?: NodeJS.ProcessEnv): PythonRelease;
export function hasNumpy1(release: string): boolean;
