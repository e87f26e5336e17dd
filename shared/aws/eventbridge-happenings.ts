import { EventBridgeClient, PutEventsCommand, type PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import type { Refusal } from '../domain/refusal';
import type { Happening, Happenings, Refused } from '../ports/happenings';
import type { ClientOptions } from './clients';
import { translate } from './errors';

const SOURCE = 'holdfast';

/** The most that one call takes. */
const MOST_ENTRIES = 10;

/** Puts events on the default bus of a region; tries a call again as often as the SDK is set to. */
export class EventBridgeHappenings implements Happenings {
  readonly #client: EventBridgeClient;

  constructor(region: string, options: ClientOptions = {}) {
    this.#client = new EventBridgeClient({ ...options, region });
  }

  async put(happenings: readonly Happening[]): Promise<Refused[]> {
    const refused: Refused[] = [];
    for (let from = 0; from < happenings.length; from += MOST_ENTRIES) {
      const some = happenings.slice(from, from + MOST_ENTRIES);
      const answer = await this.#call(some);
      if ('refusal' in answer) {
        // The SDK has tried again already: the next call would hear the same, and there may be two thousand.
        const { refusal } = answer;
        refused.push(...happenings.slice(from).map(({ id }) => ({ id, refusal })));
        break;
      }
      refused.push(...some.flatMap((one, index) => refusedOf(one, answer.entries[index])));
    }
    return refused;
  }

  async #call(
    happenings: readonly Happening[],
  ): Promise<{ readonly entries: readonly PutEventsResultEntry[] } | { readonly refusal: Refusal }> {
    const entries = happenings.map(({ type, at, detail }) => ({
      Source: SOURCE,
      DetailType: type,
      Time: new Date(at),
      Detail: JSON.stringify(detail),
    }));
    try {
      const { Entries = [] } = await this.#client.send(new PutEventsCommand({ Entries: entries }));
      return { entries: Entries };
    } catch (error) {
      return { refusal: translate(error, `put ${happenings.length} events of ${SOURCE}`) };
    }
  }
}

/** The call succeeds although an entry did not; one without an id was not taken, whatever the reason. */
function refusedOf({ id, type }: Happening, result: PutEventsResultEntry | undefined): Refused[] {
  if (result?.EventId !== undefined && result.ErrorCode === undefined) return [];
  const name = result?.ErrorCode ?? 'NoAnswer';
  const message = result?.ErrorMessage ?? 'EventBridge says nothing of this entry';
  return [{ id, refusal: translate({ name, message }, `put ${type} ${id}`) }];
}
