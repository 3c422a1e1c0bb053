import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const IMPORT = `import datetime, sys; sys.dont_write_bytecode = True; sys.path.insert(0, ${JSON.stringify(FOLDER)}); import verify`;
const isThere = spawnSync('python3', ['-c', IMPORT]).status === 0;

(isThere ? test : test.skip)(
  'the second verifier adds years to a date as the first does, on any day of a month',
  () => {
    const dates = ['2026-01-01', '2026-01-15', '2026-01-31', '2026-02-28', '2024-02-29', '2024-03-01', '2026-12-31'];
    const program = `${IMPORT}
for text in sys.argv[1:]:
  at = verify.years_after(verify.seconds(text + "T12:00:00+00:00"), 5)
  print(datetime.datetime.fromtimestamp(at, datetime.timezone.utc).isoformat())`;
    const { stdout } = spawnSync('python3', ['-c', program, ...dates], { encoding: 'utf8' });
    const expected = ['2031-01-01', '2031-01-15', '2031-01-31', '2031-02-28', '2029-03-01', '2029-03-01', '2031-12-31'];
    expect(stdout.trim().split('\n')).toEqual(expected.map((date) => `${date}T12:00:00+00:00`));
  },
);
