import { fileURLToPath } from 'node:url';

/** The project's root with a slash at the end; every process of the hub runs there. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
