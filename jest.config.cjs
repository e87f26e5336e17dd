/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(conformance|browser)/'],
  setupFiles: ['<rootDir>/test/support/quiet.cjs'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
  },
  moduleNameMapper: {
    '^(d3-scale|d3-shape|preact|preact-render-to-string)$': '<rootDir>/test/support/es-modules/$1.cjs',
  },
  // All cores: jest leaves one free, which on two of them doubles the time.
  maxWorkers: '100%',
  testTimeout: 30_000,
};
