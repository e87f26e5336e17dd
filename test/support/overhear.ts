import type { Cloud } from '../../local/cloud';
import type { Call } from '../../local/wire/service';

/** Hears what is asked of one service, before it takes effect. */
export type Hear<Input> = (operation: string, input: Input, call: Call, cloud: Cloud) => Promise<void>;

/** A `watch` of a world that lets somebody listen in on one service of its cloud. */
export function overhear<Input>(name: string, hear: Hear<Input>) {
  return (services: Cloud['services'], cloud: Cloud): Cloud['services'] =>
    services.map((service) => {
      if (service.name !== name) return service;
      const heard = Object.entries(service.operations).map(([operation, carryOut]) => [
        operation,
        async (input: never, call: Call) => {
          await hear(operation, input, call, cloud);
          return carryOut(input, call);
        },
      ]);
      return { ...service, operations: Object.fromEntries(heard) };
    });
}
