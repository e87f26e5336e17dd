import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { CreateDBSnapshotCommand, DescribeDBSnapshotsCommand, type RDSClient } from '@aws-sdk/client-rds';
import { Faults } from '../../local/faults';
import { CallLog } from '../../local/wire/call-log';
import { Router } from '../../local/wire/router';
import { WireError } from '../../local/wire/service';
import { TRANSPORTS, type Transport, withoutSocket } from './wire/clients';
import { FakeServices } from './wire/fake-services';

const DESCRIBE = new DescribeDBSnapshotsCommand({});
/**
 * A connection that breaks in the middle of a call. Outside of jest the error has `code: 'ECONNRESET'` as well; inside,
 * node's own errors are of another realm than the SDK's `Error`, and the SDK keeps nothing but their text.
 */
const BROKEN = { message: expect.stringContaining('socket hang up') };
const KEY = new DescribeKeyCommand({ KeyId: 'x' });

function create(id: string): CreateDBSnapshotCommand {
  return new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'd', DBSnapshotIdentifier: id });
}

/** `ok`, or the name of the error: what became of some calls, one after the other. */
async function outcomes(count: number, call: () => Promise<unknown>): Promise<string[]> {
  const all: string[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    all.push(
      await call().then(
        () => 'ok',
        (error: Error) => error.name,
      ),
    );
  }
  return all;
}

describe.each(TRANSPORTS)('faults, %s', (name, connect) => {
  let now: number;
  let fake: FakeServices;
  let faults: Faults;
  let log: CallLog;
  let transport: Transport;

  const DIED = name === 'over HTTP' ? BROKEN : { name: 'CallerDied' };

  beforeEach(async () => {
    now = Date.parse('2026-03-01T09:00:00Z');
    fake = new FakeServices();
    faults = new Faults({ seed: 7, now: () => now });
    log = new CallLog();
    transport = await connect(new Router([fake.rds, fake.kms], { faults, log }));
  });

  afterEach(() => transport.close());

  describe('throttling', () => {
    it('is worded by each protocol in its own way', async () => {
      faults.throttle();
      await expect(transport.rds().send(DESCRIBE)).rejects.toMatchObject({
        name: 'Throttling',
        message: 'Rate exceeded',
        $metadata: { httpStatusCode: 400 },
      });
      await expect(transport.kms().send(KEY)).rejects.toMatchObject({
        name: 'ThrottlingException',
        message: 'Rate exceeded',
        $metadata: { httpStatusCode: 400 },
      });
      expect(fake.heard).toEqual([]);
    });

    it('is outlasted by the retries of the SDK', async () => {
      const fault = faults.throttle({ times: 2 });
      await transport.rds({ maxAttempts: 3 }).send(DESCRIBE);
      expect(fault.hits).toBe(2);
      expect(log.count()).toBe(3);
      expect(log.calls().map(({ outcome }) => outcome)).toEqual(['Throttling', 'Throttling', 'ok']);
    });

    it('strikes the operations and regions that are named, and no others', async () => {
      faults.throttle({ operation: ['CreateDBSnapshot', 'CopyDBSnapshot'], region: 'us-west-2' });
      expect(await outcomes(1, () => transport.rds({ region: 'us-west-2' }).send(create('a')))).toEqual([
        'Throttling',
      ]);
      expect(await outcomes(1, () => transport.rds().send(create('a')))).toEqual(['ok']);
      expect(await outcomes(1, () => transport.rds({ region: 'us-west-2' }).send(DESCRIBE))).toEqual(['ok']);
    });

    it('strikes the calls that a predicate picks', async () => {
      faults.throttle({ when: (call) => call.account === '444455556666' });
      const stranger = transport.rds({ accessKeyId: '444455556666' });
      expect(await outcomes(1, () => stranger.send(DESCRIBE))).toEqual(['Throttling']);
      expect(await outcomes(1, () => transport.rds().send(DESCRIBE))).toEqual(['ok']);
    });

    it('lasts from an instant until before another', async () => {
      faults.throttle({ from: now, until: now + 60_000 });
      const client = transport.rds();
      const at = (instant: number) => {
        now = instant;
        return outcomes(1, () => client.send(DESCRIBE));
      };
      const start = now;
      expect(await at(start - 1)).toEqual(['ok']);
      expect(await at(start)).toEqual(['Throttling']);
      expect(await at(start + 59_999)).toEqual(['Throttling']);
      expect(await at(start + 60_000)).toEqual(['ok']);
    });

    it('strikes a share of the calls, the same ones for the same seed', async () => {
      const client = transport.rds();
      const fault = faults.throttle({ share: 0.3 });
      const first = await outcomes(100, () => client.send(DESCRIBE));
      expect(fault.hits).toBe(first.filter((outcome) => outcome === 'Throttling').length);
      expect(fault.hits).toBeGreaterThan(15);
      expect(fault.hits).toBeLessThan(45);

      for (const [seed, same] of [
        [7, true],
        [8, false],
      ] as const) {
        const again = await connect(new Router([fake.rds], { faults: throttled(seed) }));
        const second = await outcomes(100, () => again.rds().send(DESCRIBE));
        await again.close();
        expect(second.join() === first.join()).toBe(same);
      }
    });

    it('ends when it is told to', async () => {
      const fault = faults.throttle();
      expect(await outcomes(1, () => transport.rds().send(DESCRIBE))).toEqual(['Throttling']);
      fault.end();
      expect(await outcomes(1, () => transport.rds().send(DESCRIBE))).toEqual(['ok']);
    });
  });

  describe('a refusal', () => {
    it('comes so many times, by its wire code, and the call has no effect', async () => {
      faults.refuse(new WireError('SnapshotQuotaExceeded', 'Cannot create more than 100 manual snapshots'), {
        operation: 'CreateDBSnapshot',
        times: 2,
      });
      const client = transport.rds();
      expect(await outcomes(3, () => client.send(create('s')))).toEqual([
        'SnapshotQuotaExceededFault',
        'SnapshotQuotaExceededFault',
        'ok',
      ]);
      expect(fake.snapshots.size).toBe(1);
    });

    it('of a server keeps its status', async () => {
      faults.refuse(new WireError('ServiceUnavailable', 'try later', 503), { times: 1 });
      await expect(transport.rds().send(DESCRIBE)).rejects.toMatchObject({
        name: 'ServiceUnavailable',
        $fault: 'server',
        $metadata: { httpStatusCode: 503 },
      });
    });
  });

  describe('a lost region', () => {
    it('breaks every connection to it, and to no other, until it is back', async () => {
      faults.loseRegion('us-east-1');
      await expect(transport.rds().send(DESCRIBE)).rejects.toMatchObject(BROKEN);
      await expect(transport.kms().send(KEY)).rejects.toMatchObject(BROKEN);
      await transport.rds({ region: 'us-west-2' }).send(DESCRIBE);
      faults.regainRegion('us-east-1');
      await transport.rds().send(DESCRIBE);
      expect(log.calls().map(({ outcome }) => outcome)).toEqual(['cut', 'cut', 'ok', 'ok']);
    });

    it('takes the answers of calls under way with it', async () => {
      const slow = whenTold(fake, 'DescribeDBSnapshots');
      const pending = expect(transport.rds().send(DESCRIBE)).rejects.toMatchObject(BROKEN);
      await slow.reached;
      faults.loseRegion('us-east-1');
      slow.answer();
      await pending;
    });
  });

  describe('the death of a caller', () => {
    const ids = ['1', '2', '3', '4'];

    /** Tries every id, as a handler does that goes on after a failure. */
    async function run(client: RDSClient): Promise<string[]> {
      const done: string[] = [];
      for (const id of ids) {
        await client.send(create(id)).then(
          () => done.push(id),
          () => {},
        );
      }
      return done;
    }

    const created = () => [...fake.snapshots].map((key) => key.split(' ')[2]);

    it('before its third call: two calls took effect, and it heard of two', async () => {
      const death = faults.kill({ at: 3, moment: 'before' });
      expect(await run(transport.rds())).toEqual(['1', '2']);
      expect(created()).toEqual(['1', '2']);
      expect(death.call).toMatchObject({ operation: 'CreateDBSnapshot' });
    });

    it('after its third call: three calls took effect, and it heard of two', async () => {
      faults.kill({ at: 3, moment: 'after' });
      expect(await run(transport.rds())).toEqual(['1', '2']);
      expect(created()).toEqual(['1', '2', '3']);
      expect(log.calls().map(({ outcome, effect }) => [outcome, effect])).toEqual([
        ['ok', true],
        ['ok', true],
        ['cut', true],
        ['cut', false],
      ]);
    });

    it('is not undone by the retries of the SDK', async () => {
      faults.kill({ at: 2, moment: 'after' });
      expect(await run(transport.rds({ maxAttempts: 3 }))).toEqual(['1']);
      expect(created()).toEqual(['1', '2']);
      // In process a dead caller's call is not tried again; over a socket each of three calls is tried three times.
      expect(log.count()).toBe(name === 'over HTTP' ? 1 + 3 * 3 : 1 + 3);
    });

    it('ends with its revival', async () => {
      faults.kill({ at: 1, moment: 'before' });
      const client = transport.rds();
      await expect(client.send(create('1'))).rejects.toMatchObject(DIED);
      await expect(client.send(DESCRIBE)).rejects.toMatchObject(DIED);
      faults.revive();
      expect(await run(client)).toEqual(ids);
    });

    it('is called off by the revival where it did not come about', async () => {
      const death = faults.kill({ at: 5, moment: 'before' });
      expect(await run(transport.rds())).toEqual(ids);
      expect(death.call).toBeNull();
      faults.revive();
      expect(await outcomes(2, () => transport.rds().send(DESCRIBE))).toEqual(['ok', 'ok']);
    });

    it('leaves the other callers alive', async () => {
      faults.kill({ at: 2, moment: 'before', caller: 'HANDLER' });
      const bystander = transport.rds({ accessKeyId: 'BYSTANDER' });
      await bystander.send(DESCRIBE);
      await bystander.send(DESCRIBE);
      expect(await run(transport.rds({ accessKeyId: 'HANDLER' }))).toEqual(['1']);
      expect(await outcomes(1, () => bystander.send(DESCRIBE))).toEqual(['ok']);
      faults.revive('BYSTANDER');
      expect(await run(transport.rds({ accessKeyId: 'HANDLER' }))).toEqual([]);
      faults.revive('HANDLER');
      expect(await run(transport.rds({ accessKeyId: 'HANDLER' }))).toEqual(['2', '3', '4']);
    });

    it('comes at the nth call of an operation, and then cuts all', async () => {
      faults.kill({ at: 1, moment: 'after', operation: 'CreateDBSnapshot' });
      const client = transport.rds();
      await client.send(DESCRIBE);
      await expect(client.send(create('1'))).rejects.toMatchObject(DIED);
      await expect(client.send(DESCRIBE)).rejects.toMatchObject(DIED);
      expect(created()).toEqual(['1']);
    });

    it('leaves calls under way without an answer, though it is revived before they end', async () => {
      const slow = whenTold(fake, 'DescribeDBSnapshots');
      const client = transport.rds();
      const pending = expect(client.send(DESCRIBE)).rejects.toMatchObject(DIED);
      await slow.reached;
      faults.kill({ at: 1, moment: 'before' });
      await expect(client.send(create('1'))).rejects.toMatchObject(DIED);
      faults.revive();
      slow.answer();
      await pending;
    });

    it('comes before a throttled call as before any other', async () => {
      faults.throttle();
      faults.kill({ at: 2, moment: 'before' });
      expect((await outcomes(2, () => transport.rds().send(DESCRIBE)))[0]).toBe('Throttling');
      await expect(transport.rds().send(DESCRIBE)).rejects.toMatchObject(DIED);
    });
  });

  it('all end when they are cleared', async () => {
    faults.throttle();
    faults.loseRegion('us-west-2');
    faults.kill({ at: 1, moment: 'before' });
    await expect(transport.rds().send(DESCRIBE)).rejects.toMatchObject(DIED);
    faults.clear();
    expect(await outcomes(1, () => transport.rds().send(DESCRIBE))).toEqual(['ok']);
    expect(await outcomes(1, () => transport.rds({ region: 'us-west-2' }).send(DESCRIBE))).toEqual(['ok']);
  });
});

describe('a lost region in process', () => {
  it("looks as the SDK's own handler shows it, and is tried again", async () => {
    const faults = new Faults();
    const log = new CallLog();
    const fake = new FakeServices();
    const transport = await withoutSocket(new Router([fake.rds], { faults, log }));
    faults.loseRegion('us-east-1');
    await expect(transport.rds({ maxAttempts: 2 }).send(DESCRIBE)).rejects.toMatchObject({
      name: 'TimeoutError',
      code: 'ECONNRESET',
    });
    expect(log.count()).toBe(2);
  });
});

describe('a fault that makes no sense is refused', () => {
  const faults = new Faults();

  it.each([
    ['a death at call 0', () => faults.kill({ at: 0, moment: 'before' }), 'its first call is 1'],
    ['half a time', () => faults.throttle({ times: 0.5 }), 'a whole number from 1'],
    ['a share of 30', () => faults.throttle({ share: 30 }), 'a number from 0 to 1'],
    ['a share of NaN', () => faults.throttle({ share: Number.NaN }), 'a number from 0 to 1'],
    ['a time without a clock', () => faults.throttle({ from: 0 }), 'needs a clock'],
  ])('%s', (_what, set, hint) => {
    expect(set).toThrow(hint);
  });
});

function throttled(seed: number): Faults {
  const faults = new Faults({ seed });
  faults.throttle({ share: 0.3 });
  return faults;
}

/** An operation that answers when it is told to, and says when a call of it has begun. */
function whenTold(fake: FakeServices, operation: string): { reached: Promise<void>; answer: () => void } {
  let answer = () => {};
  let begun = () => {};
  const reached = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const told = new Promise<void>((resolve) => {
    answer = resolve;
  });
  fake.answers.set(operation, () => {
    begun();
    return told.then(() => ({}));
  });
  return { reached, answer };
}
