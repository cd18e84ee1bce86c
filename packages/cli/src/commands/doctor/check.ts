/** What came of looking at one thing. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly message: string;
  /** What to do; undefined where nothing need be done. */
  readonly advice?: string;
}
