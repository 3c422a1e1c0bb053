/**
 * Does this run try all that there is to try? `npm test` tries as much of what is random as fits beside every change;
 * `npm run test:all`, which sets the variable, many times as much.
 */
export const IS_WHOLE = process.env.SAMSYN_TESTS === 'whole';

/** How often something random is tried: a few times by `npm test`, many times by `npm run test:all`. */
export const tries = (few: number, many: number): number => (IS_WHOLE ? many : few);
