/** `npm run test:crash` asks for the long form; `npm test` takes the short one. */
export const isLongForm = process.env.FEDOPS_CRASH_TEST === 'long';
