/**
 * Compiles all production code: npm runs it after an install (`prepare`), so that no process that serves loads the compiler,
 * in an image that nobody writes to either. What is changed later is compiled when it is first run.
 */

import { ROOT, sources } from './bundle-place.js';
import { compiled } from './compile.js';

for (const file of sources()) compiled(`${ROOT}${file}`);
