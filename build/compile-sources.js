/**
 * Compiles all production code. npm runs it after an install (`prepare`), so that no serving process loads the
 * compiler, even in a read-only image. A file that changes later is compiled when it first runs.
 */

import { ROOT, sources } from './bundle-place.js';
import { compiled } from './compile.js';

for (const file of sources()) compiled(`${ROOT}${file}`);
