/** The environment variable that names the folder of this run of the tests. */
export const RUN_FOLDER = 'SAMSYN_TEST_RUN';

/** The folder of this run of the tests, which the global set-up made. */
export function runFolder(): string {
  const folder = process.env[RUN_FOLDER];
  if (folder === undefined) throw new Error('The tests are run by npm test, whose global set-up makes their folder.');
  return folder;
}
