import { Signer } from '@aws-sdk/rds-signer';
import { tokenFault } from '../../../local/postgres/token';

const AUDIENCE = { host: '127.0.0.1', port: 20_000, region: 'us-east-1', user: 'in+spector x' };
const SIGNED = Date.UTC(2026, 2, 1, 9);

describe("an RDS token, of the SDK's own signer,", () => {
  let token: string;
  beforeAll(async () => {
    // The signer reads the clock itself.
    jest.useFakeTimers({ now: SIGNED, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const { host: hostname, port, region, user: username } = AUDIENCE;
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 's', sessionToken: 'a+b/c=' };
    token = await new Signer({ hostname, port, region, username, credentials }).getAuthToken();
    jest.useRealTimers();
  });

  const fault = (change: (token: string) => string, now = SIGNED, audience = AUDIENCE) =>
    tokenFault(change(token), audience, now);
  const as = (text: string) => text;

  it('is good for 15 minutes, for its user at its endpoint', () => {
    expect(fault(as)).toBeNull();
    expect(fault(as, SIGNED + 900_000 - 1)).toBeNull();
    expect(fault(as, SIGNED + 900_000)).toBe('it expired 900 s after 20260301T090000Z');
    expect(fault(as, SIGNED - 300_000)).toBeNull();
    expect(fault(as, SIGNED - 300_001)).toBe('it is signed for 20260301T090000Z, which is yet to come');
  });

  it.each([
    [{ host: 'localhost' }, 'it is for 127.0.0.1:20000, not localhost:20000'],
    [{ port: 20_001 }, 'it is for 127.0.0.1:20000, not 127.0.0.1:20001'],
    [{ user: 'in spector x' }, 'it is for user "in+spector x"'],
    [{ region: 'us-west-2' }, 'it is signed for us-east-1, not for us-west-2'],
  ])('is none for %j', (other, why) => {
    expect(fault(as, SIGNED, { ...AUDIENCE, ...other })).toBe(why);
  });

  it.each([
    ['Action=connect', 'Action=delete', 'its action is "delete", not "connect"'],
    ['%2Frds-db%2F', '%2Frds%2F', 'it is signed for rds, not for rds-db'],
    ['aws4_request', 'aws4', 'its credential is "AKID/20260301/us-east-1/rds-db/aws4"'],
    ['AKID%2F20260301', 'AKID%2F20260302', 'it is signed on 20260301T090000Z with a credential of 20260302'],
    ['X-Amz-Date=20260301T090000Z', 'X-Amz-Date=20260301', 'its date is "20260301"'],
    ['X-Amz-Expires=900', 'X-Amz-Expires=901', 'it is to expire in "901" s'],
    ['X-Amz-Expires=900', 'X-Amz-Expires=-900', 'it is to expire in "-900" s'],
    ['X-Amz-Signature=', 'X-Amz-Signature=x', 'it is not signed'],
    ['X-Amz-SignedHeaders=host', 'X-Amz-SignedHeaders=date', 'it is not signed'],
    ['AWS4-HMAC-SHA256', 'AWS3', 'it is not signed'],
    ['/?', '?', 'it is not an RDS token'],
  ])('is none with %s as %s', (from, to, why) => {
    expect(token).toContain(from);
    expect(fault((text) => text.replace(from, to))).toBe(why);
  });
});
