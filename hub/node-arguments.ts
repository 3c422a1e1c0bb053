/**
 * What Node is given before the program by whoever starts a process of ours. New objects would else have more than twice
 * this room, in megabytes, before they are looked through: under load that is half of a process. In half of this room the
 * looking through costs a tenth more CPU.
 */
export const NODE_ARGUMENTS = ['--max-semi-space-size=16', '--import', './build/typescript.js'] as const;

/** What it is told beside: glibc keeps one pool of freed memory, not one for each thread. */
export const NODE_ENVIRONMENT = { MALLOC_ARENA_MAX: '1' } as const;
