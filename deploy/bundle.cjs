const { execFileSync } = require('node:child_process');

/** Bundles before each packaging, so that what is deployed is never an older bundle than the sources. */
module.exports = class Bundle {
  constructor() {
    const bundle = () =>
      execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
    this.hooks = {
      'before:package:createDeploymentArtifacts': bundle,
      'before:package:function:package': bundle,
    };
  }
};
