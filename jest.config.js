/** Tests run as ES modules on the Node of package.json; each file gets the reflect metadata that decorators need. */
export default {
  rootDir: '.',
  testMatch: ['<rootDir>/{schema,gateway,subgraphs,test}/**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {},
  transform: { '^.+\\.ts$': '@swc/jest' },
  setupFiles: ['reflect-metadata'],
  maxWorkers: 2,
  testTimeout: 30_000,
};
