/** Tests run as ES modules on the Node of package.json; each file gets the reflect metadata that decorators need. */
export default {
  testMatch: ['<rootDir>/{schema,process,build,gateway,chassis,subgraphs,hub,test}/**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  setupFiles: ['reflect-metadata'],
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  testSequencer: '<rootDir>/test/setup/longest-first.js',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  // A hub is nine processes, and its suites wait for fences much of their time: three keep two cores busy; more would only
  // wait for each other.
  maxWorkers: 3,
  testTimeout: 60_000,
};
