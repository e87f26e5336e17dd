import type { ChangeKind } from '../domain/findings/document';
import { type Notice, noticeId } from '../domain/findings/messages';
import type { Happening } from '../ports/happenings';
import { noticeData } from './notice-data';

const TYPES: Readonly<Record<ChangeKind, string>> = {
  opened: 'Holdfast Finding Opened',
  worsened: 'Holdfast Finding Worsened',
  reminder: 'Holdfast Finding Still Open',
  resolved: 'Holdfast Finding Resolved',
};

/** Rules of EventBridge go by it. */
export function happeningType(kind: ChangeKind): string {
  return TYPES[kind];
}

/** One notice as an event; of a storm too, each has its own. */
export function noticeHappening(installation: string, notice: Notice, runbooks = ''): Happening {
  return {
    id: noticeId(installation, notice),
    type: happeningType(notice.change.kind),
    at: notice.change.at,
    detail: { schema: 'holdfast.notice/1', installation, ...noticeData(installation, notice, runbooks) },
  };
}
