import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../domain/controls/seen';
import type { Alarms } from '../ports/alarms';
import { type ClientOptions, once } from './clients';
import { calling } from './errors';
import { everyPage } from './paging';

/** CloudWatch's largest page. */
const PAGE = 100;

export class CloudWatchAlarms implements Alarms {
  readonly #clients = new Map<string, CloudWatchClient>();

  constructor(private readonly options: ClientOptions = {}) {}

  async list(region: string, prefix: string): Promise<Alarm[]> {
    const client = once(this.#clients, region, () => new CloudWatchClient({ ...this.options, region }));
    return calling(`list alarms ${prefix}* in ${region}`, async () => {
      const found = await everyPage(async (NextToken) => {
        const page = await client.send(
          new DescribeAlarmsCommand({
            AlarmNamePrefix: prefix,
            AlarmTypes: ['MetricAlarm'],
            MaxRecords: PAGE,
            NextToken,
          }),
        );
        return { items: page.MetricAlarms, marker: page.NextToken };
      });
      return found.map((alarm): Alarm => {
        // StateUpdatedTimestamp also moves when the reason changes and the state does not.
        const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
        return {
          name: alarm.AlarmName ?? '',
          state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
          since: since?.getTime() ?? 0,
        };
      });
    });
  }
}
