import * as z from 'zod/mini';
import { policySchema } from './policy-schema';

/**
 * The JSON Schema of policy.yml, for editors: the file as written, before defaults and durations are worked out. No
 * function imports this; rules across fields are the parser's.
 */
export function policyJsonSchema(): string {
  const schema = z.toJSONSchema(policySchema, { io: 'input', reused: 'inline' });
  return `${JSON.stringify({ title: 'Holdfast policy', ...schema }, null, 2)}\n`;
}
