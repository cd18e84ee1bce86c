export const VERSIONS: readonly string[];
export const MAIN_VERSION: string;
