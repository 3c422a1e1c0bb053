/** The environment variable that names the folder of this run of the tests, which the global set-up makes. */
export const RUN_FOLDER = 'SAMSYN_TEST_RUN';
