/**
 * Stops an older Node with a sentence. Import it before, and other modules of ours dynamically after it: they import from
 * Node what an older one lacks, which it would call a SyntaxError before it ran a line.
 */
import { stop } from './stop.js';

const NEEDED = 24;

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  stop(
    `Samsyn runs on Node ${NEEDED}, and this is Node ${process.versions.node}: npm ci installs Node ${NEEDED} on Linux, unless optional packages are omitted, and elsewhere you install it.`,
  );
}
