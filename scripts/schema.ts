import { writeFileSync } from 'node:fs';
import { policyJsonSchema } from '../shared/runtime/policy-json-schema';

/** Writes the JSON Schema that editors check policy.yml by. A test fails when it is stale. */
writeFileSync('policy.schema.json', policyJsonSchema());
