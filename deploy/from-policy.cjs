// What serverless.yml takes from policy.yml: `${file(deploy/from-policy.cjs):home}`. Read by the parser that the
// functions use, so that packaging refuses a policy that they would refuse, with the same words.
const { require: load } = require('tsx/cjs/api');
const path = require('node:path');

/** @type {typeof import('../shared/runtime/policy-file')} */
const { loadPolicy } = load('../shared/runtime/policy-file.ts', __filename);

/**
 * @param {import('../shared/domain/policy').Policy} policy
 */
function regionsOf({ home, policies }) {
  const away = Object.values(policies).flatMap(({ copies }) => copies.map(({ region }) => region));
  // IAM takes no empty list: without copies, copy-snapshot's role is good for home, where it copies nothing.
  return { home, away: away.length > 0 ? [...new Set(away)].sort() : [home] };
}

module.exports = () => {
  // The one that is packaged, whatever POLICY_FILE says on the machine that deploys.
  const policy = loadPolicy(path.join(__dirname, '..', 'policy.yml'));
  const { home, away } = regionsOf(policy);
  const all = [...new Set([home, ...away])];
  return {
    home,
    /** The value of `holdfast:owner` on everything that is ours. */
    owner: policy.name,
    copyRegions: away,
    regions: all,
    /** For `kms:ViaService`: RDS in each of the regions. */
    rdsInRegions: all.map((region) => `rds.${region}.amazonaws.com`),
  };
};
