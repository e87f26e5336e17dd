import type { Call, Service } from '../../local/wire/service';

/** Something that happens just before or after a call of one operation takes effect: another's hand in between. */
export class Meanwhile {
  #armed: {
    readonly operation: string;
    readonly moment: 'before' | 'after';
    readonly happens: () => unknown;
  } | null = null;

  /** Once, at the next call of that operation. */
  at(moment: 'before' | 'after', operation: string, happens: () => unknown): void {
    this.#armed = { moment, operation, happens };
  }

  readonly watch = (services: readonly Service[]): readonly Service[] =>
    services.map((service) => ({
      ...service,
      operations: Object.fromEntries(
        Object.entries(service.operations).map(([name, operation]) => [
          name,
          async (input: never, call: Call) => {
            await this.#reach('before', name);
            const answer = await operation(input, call);
            await this.#reach('after', name);
            return answer;
          },
        ]),
      ),
    }));

  async #reach(moment: 'before' | 'after', operation: string): Promise<void> {
    const armed = this.#armed;
    if (armed?.moment !== moment || armed.operation !== operation) return;
    this.#armed = null;
    await armed.happens();
  }
}
