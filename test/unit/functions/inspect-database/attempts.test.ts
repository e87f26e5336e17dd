import type { InspectionRecord } from '../../../../shared/domain/inspection/record';
import { Refusal } from '../../../../shared/domain/refusal';
import { DAY, type Duration, HOUR, MINUTE, SECOND } from '../../../../shared/domain/time';
import type { Inspector } from '../../../../shared/ports/inspector';
import { HOME } from '../../../support/builders';
import { BEGIN, DATABASE, TestWorld, testedPolicy } from '../../../support/restore-worlds';
import { reportOf } from '../../../support/world';

// What a run does with its time, on AWS without servers: whose turn it is, what is kept of a look that came to nothing, and
// what is held against a look that came late.

const LIMIT: Duration = 15 * MINUTE;

async function live(databases: readonly string[] = [DATABASE]): Promise<TestWorld> {
  const identifiers = [...databases];
  const policy = testedPolicy({}, { databases: [{ match: { identifiers }, policy: 'gold' }] });
  const world = await TestWorld.make({ databases, policy });
  for (const id of databases)
    await world.region(HOME).rds.ModifyDBInstance({
      DBInstanceIdentifier: id,
      EnableIAMDatabaseAuthentication: true,
      ApplyImmediately: true,
    });
  await world.advance(HOUR);
  return world;
}

const UNREACHABLE = new Refusal('unreachable', 'look into qrosity: connection timeout');
const outcomes = async (running: Promise<unknown>) =>
  (await reportOf(running as never)).entries.map(({ reason, outcome }) => `${reason} ${outcome}`);

it('looks into every database that answers within some days, however many do not', async () => {
  const ids = Array.from({ length: 20 }, (_, n) => `db-${String(n).padStart(2, '0')}`);
  const silent = ids.slice(0, 10);
  const world = await live(ids);
  const inspector = world.inspector as Inspector;
  const look = inspector.look.bind(inspector);
  let left = LIMIT;
  inspector.look = (address, ...rest) => {
    const isSilent = silent.some((id) => address.host.includes(id));
    left -= isSilent ? 100 * SECOND : 10 * SECOND;
    if (isSilent) throw UNREACHABLE;
    return look(address, ...rest);
  };
  for (let day = 0; day < 3; day += 1) {
    left = LIMIT;
    await reportOf(world.inspect({}, { timeLeft: () => left }));
    await world.advance(DAY);
  }
  for (const id of ids) {
    const looked = await world.evidence.list(`inspections/${id}/`);
    const tried = await world.evidence.list(`inspections-unable/${id}/`);
    expect([id, looked.length > 0, tried.length > 0]).toEqual([
      id,
      !silent.includes(id),
      silent.includes(id),
    ]);
  }
});

it('keeps why a live database could not be looked into, once for a day and kind', async () => {
  const world = await live();
  const tried = async (refusal: Refusal) => {
    world.inspector.finds = refusal;
    expect(await outcomes(world.inspect())).toEqual(['due failed']);
    await world.advance(HOUR);
  };
  await tried(UNREACHABLE);
  await tried(UNREACHABLE);
  await tried(new Refusal('busy', 'out of time'));
  const series = `inspections-unable/${DATABASE}/${HOME}/`;
  const keys = [`${series}2026-03-02T10:00:00Z-unreachable.json`, `${series}2026-03-02T12:00:00Z-busy.json`];
  expect(await world.evidence.list(series)).toEqual(keys);
  expect(await world.evidence.read(keys[0] ?? '')).toEqual({
    schema: 'holdfast.inspection-unable/1',
    at: '2026-03-02T10:00:00Z',
    kind: 'unreachable',
    why: UNREACHABLE.message,
  });
  await world.advance(DAY);
  await tried(UNREACHABLE);
  expect(await world.evidence.list(series)).toHaveLength(3);
});

it('tells the look how much time it has, and keeps enough to judge and to report', async () => {
  const world = await live();
  const inspector = world.inspector as Inspector;
  const look = inspector.look.bind(inspector);
  const told: Duration[] = [];
  inspector.look = (address, password, wanted, timeLeft) => {
    told.push(timeLeft());
    return look(address, password, wanted, timeLeft);
  };
  await world.inspect({}, { timeLeft: () => 6 * MINUTE });
  expect(told).toEqual([6 * MINUTE - 30 * SECOND]);
});

it('begins no look that would leave most unknown, and the next run begins with it', async () => {
  const world = await live();
  const late = world.inspect({}, { timeLeft: () => 5 * MINUTE - 1 });
  expect(await outcomes(late)).toEqual(['due postponed']);
  expect(world.inspector.looked).toEqual([]);
  expect(await world.evidence.list('inspections')).toEqual([]);
  expect(await outcomes(world.inspect({}, { timeLeft: () => 5 * MINUTE }))).toEqual(['due done']);
});

it('leaves it to the restore test that the time was over before there was anything to judge', async () => {
  const world = await live();
  await world.test({ database: DATABASE, start: true });
  world.inspector.finds = new Refusal('busy', 'look into qrosity: out of time');
  await world.play(30 * MINUTE);
  const [key = '', ...others] = await world.evidence.list('restored-unable/');
  expect(others).toEqual([]);
  expect(await world.evidence.read(key)).toMatchObject({
    kind: 'busy',
    why: 'look into qrosity: out of time',
  });
});

describe('a look that came late', () => {
  const table = (schema: string) => ({ schema, table: 'orders', rows: 100, exact: true, why: null });

  /** What is said of the completeness of the newest backup, which is of two minutes past eight. */
  async function tested(world: TestWorld): Promise<string> {
    world.inspector.finds = (facts) => ({ ...facts, rows: [table('tenant_old')] });
    await world.test({ database: DATABASE, start: true });
    await world.play(2 * HOUR);
    const [record] = await Promise.all(
      (await world.evidence.list('restored/')).map((key) => world.evidence.read(key)),
    );
    const { checks } = record as InspectionRecord;
    return checks.find(({ id }) => id === 'completeness.tables')?.verdict ?? 'none';
  }

  /** Meant for six, and carried out at ten, when a new tenant had come. */
  async function lookedLate(world: TestWorld): Promise<void> {
    world.inspector.finds = (facts) => ({ ...facts, rows: [table('tenant_old'), table('tenant_new')] });
    await world.inspect({}, { now: BEGIN - 3 * HOUR });
  }

  it('says nothing of a backup that was taken before it', async () => {
    const world = await live();
    await lookedLate(world);
    expect(await tested(world)).toBe('unknown');
  });

  it('leaves the backup to the look before it', async () => {
    const world = await live();
    world.inspector.finds = (facts) => ({
      ...facts,
      server: { ...facts.server, connected: BEGIN - 30 * HOUR, finished: BEGIN - 30 * HOUR },
      rows: [table('tenant_old')],
    });
    await world.inspect({}, { now: BEGIN - 30 * HOUR });
    await lookedLate(world);
    expect(await tested(world)).toBe('passed');
  });
});
