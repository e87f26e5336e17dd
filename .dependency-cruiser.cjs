// Who may import whom: docs/architecture.md has the same table in words.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
});

const sdk = '^node_modules/(@aws-sdk|@smithy)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only(
      'domain-is-pure',
      '^shared/domain/',
      ['^shared/domain/'],
      'the rules know neither node, SDK, clock nor environment',
    ),
    only(
      'ports-are-words',
      '^shared/ports/',
      ['^shared/ports/', '^shared/domain/'],
      'a port is worded as the job',
    ),
    only(
      'aws-adapters',
      '^shared/aws/',
      ['^shared/(aws|ports|domain)/', sdk],
      'adapters know AWS and nothing else',
    ),
    only(
      'looks-into-databases',
      '^shared/postgres/',
      ['^shared/(postgres|ports|domain)/', '^node_modules/(pg|@types/pg)/'],
      'the only importer of pg, and nothing of AWS',
    ),
    only(
      'reports',
      '^shared/report/',
      [
        '^shared/(report|ports|domain)/',
        '^node_modules/(cli-table3|preact|preact-render-to-string|d3-scale|d3-shape|@types/d3-[a-z]+)/',
      ],
      'what was found, as a person reads it',
    ),
    only(
      'runtime',
      '^shared/runtime/',
      [
        '^shared/(runtime|ports|domain)/',
        '^node_modules/(zod|yaml|@aws-lambda-powertools|@types/aws-lambda)/',
        '^(node:)?(fs|path|async_hooks|crypto|stream|zlib)',
      ],
      'config and logging libraries only',
    ),
    {
      name: 'plans-are-pure',
      comment: 'all but run.ts, run-*.ts and handler.ts is rules: pure functions of what was observed',
      severity: 'error',
      from: { path: '^functions/([^/]+)/(?!run\\.ts|run-|handler\\.ts)' },
      to: { pathNot: ['^functions/$1/(?!run\\.ts|run-|handler\\.ts)', '^shared/domain/'] },
    },
    {
      name: 'run-is-ports-only',
      comment: 'observe, plan and carry out in terms of ports; what was found is worded by the reports',
      severity: 'error',
      from: { path: '^functions/([^/]+)/run[-.]' },
      to: { pathNot: ['^functions/$1/(?!handler\\.ts$)', '^shared/(ports|domain|runtime|report)/'] },
    },
    {
      name: 'no-function-imports-another',
      comment: 'a rule that two need is a domain rule',
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^functions/', pathNot: ['^functions/$1/'] },
    },
    {
      name: 'only-aws-knows-the-sdk',
      comment: 'no SDK type leaves shared/aws (rule 12)',
      severity: 'error',
      from: { path: '^(shared|functions)/', pathNot: ['^shared/aws/'] },
      to: { path: sdk },
    },
    {
      name: 'only-postgres-knows-pg',
      severity: 'error',
      from: { path: '^(shared|functions)/', pathNot: ['^shared/postgres/'] },
      to: { path: '^node_modules/pg/' },
    },
    {
      name: 'local-stands-apart',
      comment:
        'AWS on this machine is not written in terms of what it tests; the rehearsal reads the policy as they do',
      severity: 'error',
      from: { path: '^local/', pathNot: ['^local/rehearse\\.ts$'] },
      to: { path: ['^shared/(aws|runtime|ports|report)/', '^functions/[^/]+/(?!handler\\.ts)'] },
    },
    {
      name: 'only-the-rehearsal-runs-handlers',
      severity: 'error',
      from: { path: '^local/', pathNot: ['^local/rehearse\\.ts$', '^local/rehearsal/'] },
      to: { path: '^functions/' },
    },
    {
      name: 'nothing-ships-local',
      severity: 'error',
      from: { path: '^(shared|functions)/' },
      to: { path: ['^local/', '^test/', '^scripts/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    // As node resolves: some packages have nothing but "exports".
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
