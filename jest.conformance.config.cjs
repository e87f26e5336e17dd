// `npm run conformance`: what is built and packaged, against endpoints that we did not write. Not part of `npm test`.
const unit = require('./jest.config.cjs');

/** @type {import('jest').Config} */
module.exports = {
  ...unit,
  roots: ['<rootDir>/test/conformance'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 60_000,
};
