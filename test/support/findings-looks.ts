import type { Assessment } from '../../shared/domain/controls/control';
import { type Assessing, assess } from '../../shared/domain/findings/assess';
import type { Change, FindingsDocument } from '../../shared/domain/findings/document';
import { mark } from '../../shared/domain/findings/mark';
import { messagesOf } from '../../shared/domain/findings/messages';
import type { Instant } from '../../shared/domain/time';
import { assessing } from './findings-worlds';

/** Looks one after the other, each told at once, and what each had to say. */
export class Looks {
  document: FindingsDocument | null = null;
  /** Of the last look. */
  changes: Change[] = [];

  look(now: Instant, assessments: readonly Assessment[], how: Partial<Assessing> = {}): string[] {
    let document = assess(this.document, assessments, assessing({ now, ...how }));
    const messages = messagesOf(document);
    this.changes = messages.flatMap(({ notices }) => notices.map(({ change }) => change));
    for (const { notices } of messages) {
      const [{ change }] = notices;
      const findings = new Set(notices.map(({ finding }) => finding.id));
      const taken = { run: 'r', message: change.message, receiver: 'topic', findings };
      document = mark(document, taken, ['topic']);
    }
    this.document = document;
    return this.changes.map(({ kind }) => kind);
  }

  /** The only one. */
  get finding() {
    const [finding, ...more] = this.document?.findings ?? [];
    expect(more).toEqual([]);
    return finding;
  }
}
