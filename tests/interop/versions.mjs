/** The releases of Flower that are tested, and why each. docs/compatibility.md has a line for each. */
export const VERSIONS = ['1.8.0', '1.28.0', '1.42.0'];

/** The release that made the vectors of packages/flower, and that most tests use. */
export const MAIN_VERSION = '1.28.0';

/** The release of Python's FedOps that is tested: the newest on the index in November 2026. */
export const FEDOPS_VERSION = '1.1.30.19';

/** What writes and reads model files in Python. */
export const NUMPY_VERSION = '2.4.6';
export const SAFETENSORS_VERSION = '0.8.0';
