import { VirtualClock } from '../../../local/clock';

describe('the virtual clock', () => {
  it('stands still until it is advanced', async () => {
    const clock = new VirtualClock(1_000);
    expect(clock.now()).toBe(1_000);
    await clock.advance(500);
    expect(clock.now()).toBe(1_500);
  });

  it('runs what is due up to and including the instant, and not a millisecond more', async () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    clock.at(100, () => void ran.push('on it'));
    clock.at(101, () => void ran.push('after it'));
    await clock.advanceTo(99);
    expect(ran).toEqual([]);
    await clock.advanceTo(100);
    expect(ran).toEqual(['on it']);
    expect(clock.next()).toBe(101);
  });

  it('runs in the order of time, and at one instant in the order of asking', async () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    for (const [instant, name] of [
      [20, 'late'],
      [10, 'first'],
      [10, 'second'],
      [5, 'early'],
    ] as const) {
      clock.at(instant, () => void ran.push(name));
    }
    await clock.advanceTo(30);
    expect(ran).toEqual(['early', 'first', 'second', 'late']);
  });

  it("shows an action the action's own instant, and then the one that was asked for", async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    clock.at(10, () => void seen.push(clock.now()));
    clock.at(25, () => void seen.push(clock.now()));
    await clock.advanceTo(40);
    expect([...seen, clock.now()]).toEqual([10, 25, 40]);
  });

  it('waits for an action before the next', async () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    clock.at(10, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ran.push('slow');
    });
    clock.at(10, () => void ran.push('quick'));
    await clock.advanceTo(10);
    expect(ran).toEqual(['slow', 'quick']);
  });

  it('runs within one advance what an action asks for, also for an instant that has passed', async () => {
    const clock = new VirtualClock(0);
    const ran: [string, number][] = [];
    clock.at(10, () => {
      clock.at(15, () => void ran.push(['in time', clock.now()]));
      clock.at(3, () => void ran.push(['past', clock.now()]));
    });
    await clock.advanceTo(20);
    expect(ran).toEqual([
      ['past', 10],
      ['in time', 15],
    ]);
  });

  it('forgets what is canceled, also by an action before it', async () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    const cancel = clock.at(10, () => void ran.push('canceled'));
    clock.at(5, cancel);
    await clock.advanceTo(20);
    expect(ran).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  it('stops at an action that throws, and keeps those behind it for the next advance', async () => {
    const clock = new VirtualClock(0);
    const ran: string[] = [];
    clock.at(10, () => {
      throw new Error('no disk');
    });
    clock.at(10, () => void ran.push('behind'));
    await expect(clock.advanceTo(20)).rejects.toThrow('no disk');
    expect([clock.now(), ...ran]).toEqual([10]);
    await clock.advanceTo(20);
    expect(ran).toEqual(['behind']);
  });

  it('refuses to go back, to be advanced by its own actions, and to run at no instant', async () => {
    const clock = new VirtualClock(100);
    await expect(clock.advanceTo(99)).rejects.toThrow('time does not go back');
    await expect(clock.advanceTo(Number.NaN)).rejects.toThrow('time does not go back');
    clock.at(110, () => clock.advance(1));
    await expect(clock.advanceTo(120)).rejects.toThrow('advancing already');
    expect(() => clock.at(Number.NaN, () => {})).toThrow('no action can run at NaN');
  });

  it('copes with 100,000 timers, half of them canceled', async () => {
    const clock = new VirtualClock(0);
    let last = 0;
    let ran = 0;
    const cancels = Array.from({ length: 100_000 }, (_, index) =>
      clock.at((index * 7_919) % 100_003, () => {
        if (clock.now() < last) throw new Error(`went back from ${last} to ${clock.now()}`);
        last = clock.now();
        ran += 1;
      }),
    );
    for (const [index, cancel] of cancels.entries()) if (index % 2 === 0) cancel();
    await clock.advanceTo(100_003);
    expect(ran).toBe(50_000);
  });
});
