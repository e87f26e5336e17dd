import { keyInDanger } from '../../../../../shared/domain/controls/key-in-danger';
import { keyRotation } from '../../../../../shared/domain/controls/key-rotation';
import type { Key, Rotation } from '../../../../../shared/domain/key';
import type { LookedAt } from '../../../../../shared/domain/key-use';
import { DAY, SECOND } from '../../../../../shared/domain/time';
import { AWAY, at, HOME, keysSeen, lookedAt, rotation } from '../../../../support/builders';
import { complete, databaseSeen, judged, NOW, seen } from '../../../../support/seen';

const away = lookedAt({ region: AWAY }, { aliases: ['alias/holdfast'] });
const world = (...keys: LookedAt[]) => seen({ keys });
const HOME_KEY = { region: HOME, resource: '0' };
const ARN = `arn:aws:kms:${HOME}:111122223333:key/0`;

describe('a key that backups hang on', () => {
  const judge = (key: Partial<Key>) => judged(keyInDanger, world(lookedAt(key), away), HOME_KEY);

  it('is one subject, whoever hangs on it', () => {
    const two = seen({ databases: [databaseSeen(), databaseSeen({ id: 'other' })] });
    expect(keyInDanger.judge(two).map(({ subject }) => subject)).toEqual([
      { database: '*', region: HOME, resource: '0' },
      { database: '*', region: AWAY, resource: '0' },
    ]);
  });

  it('passes while it can be used', () => {
    expect(judge({})).toMatchObject({ verdict: 'passed', found: 'enabled' });
  });

  it('tells of its deletion how long there is, what hangs on it, and the command that saves it', () => {
    expect(judge({ state: 'pending-deletion', deletion: NOW + 7 * DAY })).toMatchObject({
      verdict: 'failed',
      found: 'pending deletion: KMS deletes it in 7 days, at 2026-03-17T09:30:00Z',
      cost: 'database qrosity-db; 33 recovery points of qrosity-db, the newest of 2026-03-10T09:02:00Z',
      command: `aws kms cancel-key-deletion --region ${HOME} --key-id ${ARN} && aws kms enable-key --region ${HOME} --key-id ${ARN}`,
      measure: { value: 23, unit: 'of 30 days gone' },
    });
  });

  it('tells of the database that lost it already, and ends the command with what starts it again', () => {
    const status = 'inaccessible-encryption-credentials-recoverable';
    const lost = seen({
      databases: [databaseSeen({ status, condition: 'lost-key' })],
      keys: [lookedAt({ state: 'disabled' }), away],
    });
    expect(judged(keyInDanger, lost, HOME_KEY)).toMatchObject({
      cost: expect.stringContaining(`qrosity-db is ${status}: RDS gives it up 7 days after it lost the key`),
      command: `aws kms enable-key --region ${HOME} --key-id ${ARN} && aws rds start-db-instance --region ${HOME} --db-instance-identifier qrosity-db`,
    });
  });

  it('tells what hangs on the key of a copy region: no database, and the copies to come', () => {
    const disabled = lookedAt({ region: AWAY, state: 'disabled' }, { aliases: ['alias/holdfast'] });
    expect(judged(keyInDanger, world(lookedAt(), disabled), { region: AWAY }).cost).toBe(
      '32 recovery points of qrosity-db, the newest of 2026-03-10T08:02:00Z; the copies to come of gold',
    );
  });

  it('gets worse with each day that is gone', () => {
    const value = (left: number) => judge({ state: 'pending-deletion', deletion: NOW + left }).measure?.value;
    expect([30 * DAY, DAY, -DAY].map(value)).toEqual([0, 29, 30]);
  });

  it.each([
    ['disabled', 'disabled', `aws kms enable-key --region ${HOME} --key-id ${ARN}`],
    [
      'unavailable',
      expect.stringContaining('out of reach'),
      `aws kms describe-key --region ${HOME} --key-id ${ARN}`,
    ],
    [
      'pending-deletion',
      'pending deletion as soon as its replicas are gone',
      expect.stringContaining('cancel'),
    ],
  ] as const)('fails when it is %s', (state, found, command) => {
    expect(judge({ state })).toMatchObject({ verdict: 'failed', found, command });
  });

  it('fails when KMS knows no such key', () => {
    const look = seen();
    const none = keysSeen([away], {
      ...('seen' in look.keys ? look.keys.seen : {}),
      keys: new Map([[`${HOME} 0`, null]]),
    });
    expect(judged(keyInDanger, { ...look, keys: { seen: none } }, HOME_KEY)).toMatchObject({
      verdict: 'failed',
      found: `KMS knows no such key: ${ARN}`,
    });
  });

  it('is unknown where it was not seen, where it is of another account, and where no key was seen', () => {
    expect(judged(keyInDanger, world(away), HOME_KEY)).toMatchObject({
      verdict: 'unknown',
      found: 'it could not be looked at',
    });
    const foreign = seen({ databases: [databaseSeen({ key: `arn:aws:kms:${HOME}:999988887777:key/9` })] });
    expect(judged(keyInDanger, foreign, { resource: `arn:aws:kms:${HOME}:999988887777:key/9` }).verdict).toBe(
      'unknown',
    );
    expect(judged(keyInDanger, seen({}, { keys: { unseen: 'KMS: denied' } }))).toMatchObject({
      subject: { database: '*', region: HOME },
      verdict: 'unknown',
      found: 'KMS: denied',
    });
  });
});

describe('the rotation of a key', () => {
  const judge = (how: Partial<Rotation> | null, key: Partial<Key> = {}, days = 365) => {
    const look = seen(
      { keys: [lookedAt(key, { rotation: how === null ? null : rotation(how) }), away] },
      { policy: complete({ keys: { rotateEvery: days * DAY, rescue: false, also: [] } }) },
    );
    return judged(keyRotation, look, HOME_KEY);
  };

  it('is late two days after the material is a year old, and not a second before', () => {
    const due = NOW - 2 * DAY - 365 * DAY;
    expect(judge({ done: [{ at: due, onDemand: false }] })).toMatchObject({
      verdict: 'passed',
      found: 'last rotated 367d ago, next on 2027-01-01',
    });
    expect(judge({ done: [{ at: due - SECOND, onDemand: true }] })).toMatchObject({
      verdict: 'failed',
      found: 'last rotated 367d1h ago: 3 days late',
      measure: { value: 3, unit: 'days late' },
    });
  });

  it('counts from its creation where it was never rotated', () => {
    expect(judge({}, { created: at('2026-01-01 00:00') }).verdict).toBe('passed');
    expect(judge({}, { created: at('2025-01-01 00:00') }).verdict).toBe('failed');
    expect(judge({}, { created: null }).verdict).toBe('unknown');
  });

  it('fails where it is off, or further apart than promised, though nothing is late yet', () => {
    expect(judge({ automatic: false, period: null })).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('automatic rotation is off'),
      command: `aws kms enable-key-rotation --region ${HOME} --key-id ${ARN} --rotation-period-in-days 365`,
    });
    expect(judge({ period: 400 * DAY }).verdict).toBe('failed');
    expect(judge({ period: 90 * DAY }).verdict).toBe('passed');
  });

  it('is by age alone of material that KMS does not rotate', () => {
    const imported = { origin: 'imported', created: at('2026-01-01 00:00') } as const;
    expect(judge(null, imported).verdict).toBe('passed');
    expect(judge(null, { ...imported, created: at('2024-01-01 00:00') }).verdict).toBe('failed');
  });

  it("is AWS's own of its keys: yearly", () => {
    expect(judge(null, { manager: 'aws' }).verdict).toBe('passed');
    expect(judge(null, { manager: 'aws' }, 364).verdict).toBe('failed');
  });

  it('is unknown where it could not be looked at', () => {
    expect(judge(null)).toMatchObject({ verdict: 'unknown', found: 'its rotation could not be looked at' });
  });

  // Not spoken of, a finding that it is overdue would be told as resolved.
  it.each([
    ['disabled', 'it cannot be rotated while it is disabled; key-in-danger tells of it'],
    ['pending-deletion', 'it cannot be rotated while it is pending deletion; key-in-danger tells of it'],
    ['unavailable', 'it cannot be rotated while it is out of reach of KMS; key-in-danger tells of it'],
  ] as const)('is unknown while the key is %s', (state, found) => {
    const late = { done: [{ at: NOW - 800 * DAY, onDemand: false }] };
    expect(judge(late, { state })).toMatchObject({ verdict: 'unknown', found });
  });

  it('is unknown of a key that KMS does not know', () => {
    const look = seen();
    const none = keysSeen([away], {
      ...('seen' in look.keys ? look.keys.seen : {}),
      keys: new Map([[`${HOME} 0`, null]]),
    });
    expect(judged(keyRotation, { ...look, keys: { seen: none } }, HOME_KEY)).toMatchObject({
      verdict: 'unknown',
      found: 'KMS knows no such key; key-in-danger tells of it',
    });
  });
});
