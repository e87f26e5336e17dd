import { assertPlayable } from '../../../local/rehearsal/playable';
import { copyTarget, policy } from '../../support/builders';

const INSPECTION = {
  database: 'qrosity',
  user: 'holdfast_inspector',
  freshness: [],
  quiet: 1,
  shrink: 0.2,
  volatile: [],
  checks: [],
};

it.each([
  ['a policy without anything to look into', policy({ extensions: ['postgis'] })],
  [
    'extensions that PostgreSQL itself brings',
    policy({ inspection: INSPECTION, extensions: ['uuid-ossp', 'pg_trgm'] }),
  ],
  ['a key by alias', policy({ copies: [copyTarget({ key: 'alias/any', optionGroup: null })] })],
])('%s can be played', (_, playable) => {
  expect(() => assertPlayable(playable)).not.toThrow();
});

it.each([
  ["policies.gold.extensions: 'postgis'", policy({ inspection: INSPECTION, extensions: ['postgis'] })],
  ["copies[0].key: 'alias/aws/rds'", policy({ copies: [copyTarget({ key: 'alias/aws/rds' })] })],
  ["copies[0].optionGroup: 'mine'", policy({ copies: [copyTarget({ optionGroup: 'mine' })] })],
])('%s cannot, and is named', (what, unplayable) => {
  expect(() => assertPlayable(unplayable)).toThrow(what);
});
