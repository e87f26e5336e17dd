import { WireError } from '../../wire/service';

export function invalidValue(message: string): WireError {
  return new WireError('InvalidParameterValue', message);
}

export function required<T>(value: T | undefined, name: string): T {
  if (value !== undefined && value !== '') return value;
  throw invalidValue(`The parameter ${name} must be provided and must not be empty.`);
}

/** RDS takes identifiers in any case and keeps them in lower case. */
export function identifier(value: string | undefined, name: string, longest = 255): string {
  const text = required(value, name);
  if (text.length <= longest && /^[a-z](-?[a-z0-9])*$/i.test(text)) return text.toLowerCase();
  throw invalidValue(
    `The parameter ${name} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; must be at most ${longest} characters long; and must not end with a hyphen or contain two consecutive hyphens.`,
  );
}
