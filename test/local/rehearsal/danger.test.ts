import { type Cloud, createCloud } from '../../../local/cloud';
import type { Delivery } from '../../../local/engine/sns/outbox';
import { StoryOfDanger } from '../../../local/rehearsal/danger';
import type { Invocation } from '../../../local/rehearsal/functions';
import { Mailbox } from '../../../local/rehearsal/mailbox';
import { Operator } from '../../../local/rehearsal/operator';
import { recoverIn } from '../../../local/rehearsal/recovery';
import { type Listening, listen } from '../../../local/wire/listen';
import { Router } from '../../../local/wire/router';
import type { Outcome } from '../../../shared/domain/decision';
import { formatInstant, HOUR, type Instant, MINUTE, SECOND } from '../../../shared/domain/time';
import { ACCOUNT, AWAY, at, copyTarget, HOME, policy } from '../../support/builders';

// Somebody schedules the deletion of the copies' key. What the story makes of it, whatever the guard and the mail do.

const ELSEWHERE = 'eu-west-1';
const START = at('2026-03-03 20:10');

let cloud: Cloud;
let listening: Listening;
let operators: Map<string, Operator>;
let arn: string;
let notes: string[];
let mails: Delivery[];
let ringing: boolean;

beforeEach(async () => {
  cloud = createCloud({ start: START - 2 * HOUR, account: ACCOUNT, regions: [HOME, AWAY, ELSEWHERE] });
  listening = await listen(new Router(cloud.services, { account: ACCOUNT }));
  operators = new Map(
    cloud.regions.map((region) => [region, new Operator(region, listening.url, ACCOUNT, cloud.clock)]),
  );
  [notes, mails, ringing] = [[], [], false];
  for (const region of cloud.regions) {
    await operators.get(region)?.createKey('alias/holdfast', 'holdfast');
    const id = `holdfast-qrosity-db-${region}`;
    cloud.region(region).stage.instance({ id: 'qrosity-db', key: 'alias/holdfast' });
    await cloud.region(region).rds.CreateDBSnapshot({
      DBInstanceIdentifier: 'qrosity-db',
      DBSnapshotIdentifier: id,
    });
  }
  await cloud.clock.advanceTo(START);
  ({ arn } = await (operators.get(AWAY) as Operator).key('alias/holdfast'));
});

afterEach(async () => {
  for (const operator of operators.values()) operator.close();
  await listening.close();
  await cloud.close();
});

const telling = { note: (line: string) => notes.push(line), progress: () => undefined };
const said = () => notes.map((note) => note.replace(/^\d\S+Z /, ''));
const state = async () => (await (operators.get(AWAY) as Operator).key('alias/holdfast')).state;
const SAVE = () =>
  `aws kms cancel-key-deletion --region ${AWAY} --key-id ${arn} && aws kms enable-key --region ${AWAY} --key-id ${arn}`;

async function endangered(rescue: boolean, copies = [copyTarget()]) {
  const rules = policy({ copies, keys: { rotateEvery: 365 * 24 * HOUR, rescue, also: [] } });
  const [protection] = Object.values(rules.policies);
  if (protection === undefined) throw new Error('no policy');
  const story = new StoryOfDanger({
    clock: cloud.clock,
    policy: rules,
    protection,
    database: 'qrosity-db',
    operator: (region) => operators.get(region) as Operator,
    mailbox: new Mailbox({ to: () => mails }, 'on-call'),
    rings: async () => ringing,
  });
  await story.endanger({ region: AWAY, alias: 'alias/holdfast' }, telling);
  const guard = (outcome: Outcome, detail = 'as planned') =>
    story.hear({
      function: 'rotate-keys',
      at: cloud.clock.now() + 3 * SECOND,
      report: {
        entries: [
          {
            subject: { database: 'qrosity-db', region: AWAY },
            action: 'rescue',
            reason: 'key-pending-deletion',
            outcome,
            detail,
            hint: `save it: ${SAVE()}`,
          },
        ],
      },
    } as unknown as Invocation);
  const later = async (duration: number) => {
    await cloud.clock.advance(duration);
    await story.attend(telling);
  };
  const broken = () => story.verdicts().flatMap(({ promise, held }) => (held ? [] : [promise]));
  return { story, guard, later, broken };
}

const mail = (body: string, subject = `CRITICAL opened: key-in-danger, 1 in ${AWAY}`) =>
  mails.push({ at: cloud.clock.now(), subject, body } as Delivery);

const ABOUT = `keys, ${AWAY} alias/holdfast about to be deleted`;

it('is over when the guard has saved the key', async () => {
  const { guard, later, broken, story } = await endangered(true);
  await operators.get(AWAY)?.saveKey(arn);
  guard('done');
  await later(MINUTE);
  expect(said()).toEqual([
    `someone schedules the deletion of ${AWAY} alias/holdfast, which 1 recovery point hangs on`,
    'the guard heard of it after 3s and saved the key; it is Enabled',
  ]);
  expect(broken()).toEqual([]);
  expect(story.outcome()).toMatchObject({ rescued: true, foundAfter: 3 * SECOND, recoveryPoints: 1 });
});

it('holds the promise where a later run saves what the first could not', async () => {
  const { guard, broken } = await endangered(true);
  guard('failed');
  await cloud.clock.advance(HOUR);
  guard('done');
  expect(broken()).toEqual([]);
});

it('breaks the promise of a rescue where the guard is silent, and stays what it is where nobody is told', async () => {
  const { later, broken } = await endangered(true);
  await later(HOUR);
  expect(await state()).toBe('PendingDeletion');
  expect(broken()).toEqual([`${ABOUT}: saved after`]);
});

it('breaks it where KMS refuses the guard, and says so; on call helps once the mail is there', async () => {
  const { guard, later, broken } = await endangered(true);
  guard('failed', 'AccessDenied: no');
  await later(MINUTE);
  expect(said()[1]).toBe('the guard heard of it after 3s, and could not save it: AccessDenied: no');
  expect(await state()).toBe('PendingDeletion');
  mail(`Save it: ${SAVE()}`);
  await later(0);
  expect(await state()).toBe('Enabled');
  expect(broken()).toEqual([`${ABOUT}: saved after`]);
});

describe('with rescue off', () => {
  it('waits until the mail has reached whoever is on call, who types what stands in it', async () => {
    const { guard, later, broken, story } = await endangered(false);
    guard('refused');
    await later(MINUTE);
    expect(await state()).toBe('PendingDeletion');
    expect(broken()).toEqual([`${ABOUT}: on call told after`]);
    await later(MINUTE);
    mail(`Save it: ${SAVE()}`);
    await later(3 * MINUTE);
    expect(await state()).toBe('Enabled');
    expect(said()[3]).toBe(`the mail is there after 2m; on call types what it says: ${SAVE()}`);
    expect(broken()).toEqual([]);
    expect(story.outcome()).toMatchObject({ rescued: false, toldAfter: 2 * MINUTE });
  });

  it('tells what a restore is answered with and what would have been lost, the other regions counted', async () => {
    const lost = async (copies: ReturnType<typeof copyTarget>[]) => {
      const { guard, later } = await endangered(false, copies);
      guard('refused');
      await later(MINUTE);
      await operators.get(AWAY)?.saveKey(arn);
      return said().at(-1);
    };
    const refused = `a restore in ${AWAY} is answered with KMSKeyNotAccessibleFault; unheeded, on 2026-03-10T20:10:00Z the one recovery point there would have been lost; with ${HOME} gone, `;
    expect(await lost([copyTarget()])).toBe(`${refused}all of qrosity-db`);
    const other = copyTarget({ region: ELSEWHERE });
    expect((await lost([copyTarget(), other]))?.split(`with ${HOME} gone, `)[1]).toBe(
      '1 recovery point would have been left in other regions',
    );
  });

  it.each([
    ['names another key', () => SAVE().replaceAll(arn, `${arn}0`)],
    ['names another region', () => SAVE().replaceAll(`--region ${AWAY}`, `--region ${HOME}`)],
    ['has no command', () => 'a key is in danger'],
  ])('helps nobody with a mail that %s', async (_, body) => {
    const { later, broken } = await endangered(false);
    mail(body());
    await later(HOUR);
    expect(await state()).toBe('PendingDeletion');
    expect(broken()).toContain(`${ABOUT}: on call told after`);
  });

  it('heeds no mail about anything else, nor one from before', async () => {
    mail(`Save it: ${SAVE()}`);
    await cloud.clock.advance(SECOND);
    const { later } = await endangered(false);
    mail(`Save it: ${SAVE()}`, 'MEDIUM opened: runs-succeed, rotate-keys');
    await later(HOUR);
    expect(await state()).toBe('PendingDeletion');
  });

  it('is heard by the alarm where no mail can be sent, a quarter of an hour later', async () => {
    const { guard, later, broken } = await endangered(false);
    guard('refused');
    ringing = true;
    await later(14 * MINUTE);
    expect(await state()).toBe('PendingDeletion');
    await later(MINUTE);
    expect(await state()).toBe('Enabled');
    expect(said().at(-1)).toBe(`the alarm rings after 15m; on call types what it says: ${SAVE()}`);
    expect(broken()).toEqual([]);
  });
});

it('ends in a disaster that cannot be recovered from, where nobody saved the key: told, not thrown', async () => {
  await endangered(false);
  const lost = {
    database: 'qrosity-db',
    login: { user: 'u', password: 'p', database: 'd' },
    ledger: undefined as never,
    begin: START as Instant,
    lostAt: START,
  };
  expect(await recoverIn(operators.get(AWAY) as Operator, lost)).toEqual({
    nothing: `refuses to restore holdfast-qrosity-db-${AWAY} (KMSKeyNotAccessibleFault)`,
  });
  const none = { ...lost, database: 'nobody' };
  expect(await recoverIn(operators.get(AWAY) as Operator, none)).toEqual({ nothing: 'holds no copy' });
  expect(formatInstant(cloud.clock.now())).toBe('2026-03-03T20:10:00Z');
});
