/** The environment names a topic that cannot be one: told before anything is touched. */
export class InvalidEnvironment extends Error {
  constructor(name: string, value: string, hint: string) {
    super(`${name}: ${JSON.stringify(value)} is not the ARN of an SNS topic\n  hint: ${hint}`);
    this.name = 'InvalidEnvironment';
  }
}

/**
 * The topics that notices go to: ARNs in `NOTICES_TOPIC`, with commas between several. serverless.yml sets it to the
 * stack's own; what runs without a stack has none.
 */
export function noticesTopics(env: Readonly<Record<string, string | undefined>>): string[] {
  const names = (env.NOTICES_TOPIC ?? '').split(',').map((name) => name.trim());
  const arns = names.filter((name) => name !== '');
  for (const arn of arns) {
    if (/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]+$/.test(arn)) continue;
    throw new InvalidEnvironment(
      'NOTICES_TOPIC',
      arn,
      'write arn:aws:sns:<region>:<account>:<name>, or unset it',
    );
  }
  return arns;
}
