/**
 * Stops an older Node with one sentence. Import this first, and our other modules dynamically after it: they import
 * names that an older Node lacks, and it would report a SyntaxError before it ran a line.
 */
import { stop } from './stop.js';

const NEEDED = 24;

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  stop(
    `Samsyn needs Node ${NEEDED}, and this is Node ${process.versions.node}: run npm ci on Linux, which installs Node ${NEEDED} unless optional packages are omitted; on other systems install it yourself.`,
  );
}
