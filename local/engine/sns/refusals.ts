import { WireError } from '../../wire/service';

export function invalid(what: string): WireError {
  return new WireError('InvalidParameter', `Invalid parameter: ${what}`);
}

/** What SNS has and this does not: said so, where it would otherwise be taken and left undone. */
export function unspoken(what: string): WireError {
  return new WireError('NotImplemented', `${what} is not spoken here`, 501);
}
