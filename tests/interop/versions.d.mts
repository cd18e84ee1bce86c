export const VERSIONS: readonly string[];
export const MAIN_VERSION: string;
export const FEDOPS_VERSION: string;
export const NUMPY_VERSION: string;
export const SAFETENSORS_VERSION: string;
