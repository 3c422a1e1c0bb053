import { fileURLToPath } from 'node:url';

/** The project's root with a slash at the end: where every process of the hub runs. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));
