import type { Assessment } from '../../../../shared/domain/controls/control';
import { assess } from '../../../../shared/domain/findings/assess';
import { type Message, messagesOf } from '../../../../shared/domain/findings/messages';
import { HOUR } from '../../../../shared/domain/time';
import { noticeMessage } from '../../../../shared/report/notice';
import { noticeHappening } from '../../../../shared/report/notice-happening';
import { AWAY, at, HOME } from '../../../support/builders';
import { about, assessing, assessment } from '../../../support/findings-worlds';
import fc from '../../../support/seeded';

const NOW = at('2026-03-01 09:00');
const COPY = about({
  id: 'recovery-point-copy',
  title: 'The newest copy in each copy region is as new as promised',
  requirements: ['REC-1', 'REC-8'],
  runbook: 'functions/copy-snapshot/README.md#alarm-copy-snapshot-failures',
});
const CONTROLS = [COPY, about({ id: 'multi-az', severity: 'low' })];
const RUNBOOKS = 'https://git.example/holdfast/blob/main/';
const COMMAND = `aws lambda invoke --function-name holdfast-prod-copy-snapshot --payload '{"database":"qrosity-db"}' /dev/stdout`;

const late = (fields: Partial<Assessment> = {}) =>
  assessment('failed', {
    control: COPY.id,
    subject: { database: 'qrosity-db', region: AWAY },
    found: 'the newest good copy in us-west-2 is 194 minutes old; the promise is 120',
    expected: 'no older than 120 minutes (copies[0].point)',
    cost: '194 minutes of data, if us-east-1 is lost now',
    command: COMMAND,
    ...fields,
  });

function messages(...looks: readonly (readonly Assessment[])[]): Message[] {
  let document = null;
  for (const [index, look] of looks.entries())
    document = assess(document, look, assessing({ now: NOW + index * HOUR, controls: CONTROLS, run: 'r' }));
  return document === null ? [] : messagesOf(document);
}

function only(all: readonly Message[]): Message {
  const [message, ...more] = all;
  if (message === undefined || more.length > 0) throw new Error(`${all.length} messages`);
  return message;
}

const bytesOf = ({ texts, attributes }: ReturnType<typeof noticeMessage>) =>
  Buffer.byteLength(JSON.stringify(texts)) +
  Object.entries(attributes).reduce(
    (sum, [name, value]) =>
      sum + name.length + 12 + Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value)),
    0,
  );

describe('a notice', () => {
  const notice = noticeMessage(only(messages([late()])), RUNBOOKS);

  it('by mail says what, since when, which promise, what it costs, what to type and where to read on', () => {
    expect(notice.subject).toBe('CRITICAL opened: recovery-point-copy, qrosity-db in us-west-2');
    expect(notice.texts.email).toBe(
      [
        'CRITICAL opened: recovery-point-copy, qrosity-db in us-west-2',
        '  Not kept: The newest copy in each copy region is as new as promised',
        '  found     the newest good copy in us-west-2 is 194 minutes old; the promise is 120',
        '  promised  no older than 120 minutes (copies[0].point)',
        '  since     2026-03-01T09:00:00Z',
        '  serves    REC-1, REC-8',
        '  costs     194 minutes of data, if us-east-1 is lost now',
        `  next      ${COMMAND}`,
        `  read      ${RUNBOOKS}functions/copy-snapshot/README.md#alarm-copy-snapshot-failures`,
        '',
        'Sent by holdfast (holdfast-prod), message holdfast-prod:000000000001-critical-1.',
        '',
      ].join('\n'),
    );
  });

  it('for queues is data, under a schema', () => {
    expect(JSON.parse(notice.texts.default)).toEqual({
      schema: 'holdfast.notice/1',
      id: 'holdfast-prod:000000000001-critical-1',
      installation: 'holdfast-prod',
      severity: 'critical',
      notices: [
        {
          id: 'holdfast-prod:000000000001-critical-1:recovery-point-copy/qrosity-db/us-west-2',
          kind: 'opened',
          at: '2026-03-01T09:00:00Z',
          since: '2026-03-01T09:00:00Z',
          finding: 'recovery-point-copy/qrosity-db/us-west-2',
          state: 'open',
          severity: 'critical',
          verdict: 'failed',
          ended: null,
          control: 'recovery-point-copy',
          title: COPY.title,
          requirements: ['REC-1', 'REC-8'],
          subject: { database: 'qrosity-db', region: AWAY },
          found: 'the newest good copy in us-west-2 is 194 minutes old; the promise is 120',
          expected: 'no older than 120 minutes (copies[0].point)',
          cost: '194 minutes of data, if us-east-1 is lost now',
          command: COMMAND,
          measure: null,
          runbook: `${RUNBOOKS}${COPY.runbook}`,
        },
      ],
      others: [],
      leftOut: 0,
    });
  });

  it('over https is a custom notification of Amazon Q, in a thread of its finding', () => {
    expect(JSON.parse(notice.texts.https ?? '')).toEqual({
      version: '1.0',
      source: 'custom',
      id: 'holdfast-prod:000000000001-critical-1',
      content: {
        textType: 'client-markdown',
        title: 'CRITICAL opened: recovery-point-copy, qrosity-db in us-west-2',
        description: [
          'Not kept: The newest copy in each copy region is as new as promised',
          'Found: the newest good copy in us-west-2 is 194 minutes old; the promise is 120',
          'Promised: no older than 120 minutes (copies(0).point)',
          'Since: 2026-03-01T09:00:00Z',
          'Serves: REC-1, REC-8',
          'Costs: 194 minutes of data, if us-east-1 is lost now',
        ].join('\n'),
        nextSteps: [`Run \`${COMMAND}\``, expect.stringContaining(`Read ${RUNBOOKS}functions/copy-snapshot`)],
        keywords: ['critical', 'recovery-point-copy'],
      },
      metadata: {
        threadId: 'holdfast-prod:recovery-point-copy/qrosity-db/us-west-2',
        summary: 'opened: recovery-point-copy, qrosity-db in us-west-2',
        eventType: 'Holdfast Finding Opened',
        relatedResources: ['recovery-point-copy/qrosity-db/us-west-2'],
        additionalContext: {
          installation: 'holdfast-prod',
          notice: 'holdfast-prod:000000000001-critical-1',
          severity: 'critical',
        },
      },
    });
  });

  it('has attributes to filter by', () => {
    expect(notice.attributes).toEqual({
      notice: 'holdfast-prod:000000000001-critical-1',
      installation: 'holdfast-prod',
      severity: ['critical'],
      kind: ['opened'],
      control: ['recovery-point-copy'],
      database: ['qrosity-db'],
    });
  });

  it('of something resolved asks for nothing, and goes to the thread that it began', () => {
    const passed = { ...late(), verdict: 'passed' as const, found: 'the newest is 20 minutes old' };
    const [, over] = messages([late()], [passed]);
    if (over === undefined) throw new Error('nothing was resolved');
    const { subject, texts } = noticeMessage(over, RUNBOOKS);
    expect(subject).toBe('CRITICAL resolved: recovery-point-copy, qrosity-db in us-west-2');
    expect(texts.email).toContain('was open  2026-03-01T09:00:00Z, for 1h, until 2026-03-01T10:00:00Z');
    expect(texts.email).not.toMatch(/ {2}(next|costs) /);
    expect(texts.email).toContain(`  Kept again: ${COPY.title}\n`);
    expect(JSON.parse(texts.https ?? '').metadata.threadId).toBe(
      'holdfast-prod:recovery-point-copy/qrosity-db/us-west-2',
    );
    expect(JSON.parse(texts.default).notices[0]).toMatchObject({
      state: 'resolved',
      ended: 'passed',
      command: null,
    });
  });

  it('of something that nothing judges any more does not say that it is well', () => {
    const [, over] = messages([late()], []);
    if (over === undefined) throw new Error('nothing was resolved');
    const { subject, texts } = noticeMessage(over, RUNBOOKS);
    expect(subject).toBe('CRITICAL no longer judged: recovery-point-copy, qrosity-db in us-west-2');
    const words = `No longer judged; nothing shows that it is well: ${COPY.title}`;
    expect(texts.email).toContain(`  ${words}\n`);
    const { content } = JSON.parse(texts.https ?? '');
    expect(content.title).toBe(subject);
    expect(content.description.split('\n')[0]).toBe(words);
    for (const text of Object.values(texts)) expect(text).not.toMatch(/Kept again/);
    expect(JSON.parse(texts.default).notices[0]).toMatchObject({ state: 'resolved', ended: 'gone' });
  });

  it('of what nobody can tell says so, what that may cost, and the command to type', () => {
    const { cost, ...costless } = late();
    const found = 'us-west-2 does not answer';
    const command = 'aws rds describe-db-snapshots --region us-west-2';
    const unknown = { ...costless, verdict: 'unknown' as const, found, command };
    const [opened, over] = messages([unknown], [unknown], [unknown], [{ ...late(), verdict: 'passed' }]);
    if (opened === undefined || over === undefined) throw new Error('it was not told');
    const { texts, subject } = noticeMessage(opened, RUNBOOKS);
    expect(subject).toBe('HIGH opened: recovery-point-copy, qrosity-db in us-west-2');
    expect(texts.email).toContain(
      [
        `  Nobody can tell whether this is so: ${COPY.title}`,
        '  found     us-west-2 does not answer',
        '  promised  no older than 120 minutes (copies[0].point)',
        '  since     2026-03-01T09:00:00Z, for 2h',
        '  serves    REC-1, REC-8',
        '  costs     nobody can tell, until it is judged again',
        '  next      aws rds describe-db-snapshots --region us-west-2',
        `  read      ${RUNBOOKS}`,
      ].join('\n'),
    );
    const { content } = JSON.parse(texts.https ?? '');
    expect(content.nextSteps[0]).toBe('Run `aws rds describe-db-snapshots --region us-west-2`');
    expect(content.description).toContain('\nCosts: nobody can tell, until it is judged again');
    expect(noticeMessage(over).texts.email).toContain(`  Judged again, and kept: ${COPY.title}\n`);
  });

  it('says what its runbook is where no address is set for it', () => {
    const { texts } = noticeMessage(only(messages([late()])));
    expect(texts.email).toContain(`  read      in Holdfast's repository: ${COPY.runbook}\n`);
    expect(JSON.parse(texts.https ?? '').content.nextSteps[1]).toMatch(
      /^Read in Holdfast's repository: functions\/copy-snapshot\/README\.md/,
    );
    expect(JSON.parse(texts.default).notices[0].runbook).toBe(COPY.runbook);
  });

  it('of a finding that got graver, or is over, is for all that it was told under', () => {
    const unknown = { ...late(), verdict: 'unknown' as const };
    const passed = { ...late(), verdict: 'passed' as const };
    const all = messages([unknown], [unknown], [unknown], [late()], [passed]);
    expect(all.map((one) => noticeMessage(one).attributes)).toMatchObject([
      { kind: ['opened'], severity: ['high'] },
      { kind: ['worsened'], severity: ['critical', 'high'] },
      { kind: ['resolved'], severity: ['critical', 'high'] },
    ]);
  });

  it('of a document that does not remember them is for its own severity', () => {
    const message = only(messages([late()]));
    const [{ finding, change }] = message.notices;
    const { severities, ...older } = change;
    const resolved = { ...message, notices: [{ finding, change: { ...older, kind: 'resolved' as const } }] };
    const { attributes, texts } = noticeMessage(resolved as unknown as Message);
    expect(attributes.severity).toEqual(['critical']);
    expect(texts.email).toContain('  Kept again: ');
  });

  it('as an event says its id in its detail', () => {
    const message = only(messages([late()]));
    const happening = noticeHappening(message.installation, message.notices[0], RUNBOOKS);
    expect(happening).toMatchObject({
      type: 'Holdfast Finding Opened',
      at: NOW,
      detail: { schema: 'holdfast.notice/1', installation: 'holdfast-prod', id: happening.id },
    });
    expect(happening.detail).toMatchObject(JSON.parse(notice.texts.default).notices[0]);
  });
});

describe('a storm', () => {
  const many = (count: number, fields: Partial<Assessment> = {}) =>
    Array.from({ length: count }, (_, index) =>
      late({ subject: { database: `erp-${String(index).padStart(4, '0')}`, region: AWAY }, ...fields }),
    );

  it('is one message that lists each', () => {
    const { subject, texts, attributes } = noticeMessage(only(messages(many(300))));
    expect(subject).toBe('CRITICAL 300 opened (holdfast-prod)');
    const { notices, others, leftOut } = JSON.parse(texts.default);
    expect([notices.length + others.length, leftOut]).toEqual([300, 0]);
    expect(texts.email?.match(/opened: recovery-point-copy, erp-\d{4} in us-west-2/g)).toHaveLength(300);
    expect(texts.email?.match(/ {2}next /g)).toHaveLength(25);
    expect(attributes.database).toHaveLength(300);
    expect(JSON.parse(texts.https ?? '').content.description).toMatch(/erp-0009.*\nand 290 more$/);
  });

  it('of a thousand databases with the longest names fits, the gravest in full, and counts what it leaves out', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `${'e'.repeat(58)}-${1_000 + index}`);
    const all = names.map((database) =>
      late({ subject: { database, region: AWAY }, found: 'ü"\\'.repeat(300) }),
    );
    const notice = noticeMessage(only(messages(all)));
    expect(bytesOf(notice)).toBeLessThanOrEqual(262_144);
    const { notices, others, leftOut } = JSON.parse(notice.texts.default);
    expect(notices.length).toBeGreaterThan(5);
    expect(notices.length + others.length + leftOut).toBe(1_000);
    const [, more] = /^(\d+) more did not fit/m.exec(notice.texts.email ?? '') ?? [];
    const listed = notice.texts.email?.match(/opened: recovery-point-copy/g)?.length ?? 0;
    expect(listed + Number(more)).toBe(1_000);
    expect(notice.attributes.database).toHaveLength(1_000);
  });

  it('has what opened before what resolved', () => {
    const fixed = many(4).map((one) => ({ ...one, verdict: 'passed' as const }));
    const fresh = many(4, { found: 'new' }).map((one) => ({
      ...one,
      subject: { ...one.subject, region: HOME },
    }));
    const all = messages(many(4), [...fixed, ...fresh]);
    const { subject, texts } = noticeMessage(only(all.slice(1)));
    expect(subject).toBe('CRITICAL 4 opened, 4 resolved (holdfast-prod)');
    const kinds = JSON.parse(texts.default).notices.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual([...Array(4).fill('opened'), ...Array(4).fill('resolved')]);
  });

  it('counts apart what is no longer judged', () => {
    const [fixed, ...others] = many(5).map((one) => ({ ...one, verdict: 'passed' as const }));
    const all = messages(many(5), fixed === undefined ? others : [fixed]);
    const { subject } = noticeMessage(only(all.slice(1)));
    expect(subject).toBe('CRITICAL 1 resolved, 4 no longer judged (holdfast-prod)');
  });
});

describe('text that is data', () => {
  const evil = [
    '<script>alert(1)</script>',
    '<!channel> <@U123> <https://evil.example|the runbook>',
    '[the runbook](https://evil.example) ![x](https://evil.example/x.png)',
    '*bold* _italic_ ~gone~ `code` :fire: @here # title',
    'a\r\nCRITICAL forged: line\u2028 and\u0085more',
    '\u202egnp.exe \u200bhidden \ud800',
  ].join(' ');

  it('does nothing in chat', () => {
    const all = messages([late({ found: evil, cost: evil, subject: { database: evil, region: AWAY } })]);
    const { content, metadata } = JSON.parse(noticeMessage(only(all)).texts.https ?? '');
    const lines = [content.title, ...content.description.split('\n').slice(1), metadata.summary];
    for (const line of lines) {
      expect(line).not.toMatch(/[<>`*~[\]|#@\\]|:\/\/|:fire:|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/u);
      expect(line).not.toMatch(/&(?!(amp|lt|gt);)/);
    }
    expect(content.description.split('\n')).toHaveLength(6);
  });

  it('keeps a name with underscores, and a command as it is typed', () => {
    const all = messages([late({ found: 'tenant_a_b is gone', command: "aws x --payload '<&>'" })]);
    const { content } = JSON.parse(noticeMessage(only(all)).texts.https ?? '');
    expect(content.description).toContain('Found: tenant_a_b is gone');
    expect(content.nextSteps[0]).toBe("Run `aws x --payload '&lt;&amp;&gt;'`");
  });

  it.each([
    ['a line break', 'aws x\nrm -rf /'],
    ['more than is shown', `aws ${'x'.repeat(1_500)}`],
    ['a hidden character', 'aws x\u200by'],
  ])('never gives a command with %s', (_, command) => {
    const { texts } = noticeMessage(only(messages([late({ command })])));
    for (const text of Object.values(texts)) expect(text).not.toContain('aws x');
    expect(texts.email).toContain('  next      see functions/copy-snapshot/README.md');
  });

  it('does not put into chat what would end its own quotes', () => {
    const { texts } = noticeMessage(only(messages([late({ command: 'aws `x`' })])));
    expect(JSON.parse(texts.https ?? '').content.nextSteps[0]).toContain('The command is in the mail');
    expect(texts.email).toContain('  next      aws `x`');
  });

  it('never breaks what SNS and readers count on', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constant(evil), fc.constant(''));
    const look = fc.record({ database: text, resource: text, found: text, cost: text, command: text });
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 6 }), (looks) => {
        const all = looks.map(({ database, resource, ...words }, index) =>
          late({ subject: { database, region: AWAY, resource: `${index}${resource}` }, ...words }),
        );
        for (const message of messages(all)) {
          const notice = noticeMessage(message);
          expect(notice.subject).toMatch(/^[A-Z][ -~]{1,98}$/);
          expect(bytesOf(notice)).toBeLessThanOrEqual(262_144);
          expect(JSON.parse(notice.texts.default).notices).toHaveLength(message.notices.length);
          // Of each notice nine lines of ours, and nobody else's.
          const rows = notice.texts.email?.match(/^ {2}found /gm);
          expect(rows).toHaveLength(message.notices.length);
          expect(notice.texts.email).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
          for (const value of Object.values(notice.attributes).flat())
            expect(value).toMatch(/^[^\ud800-\udfff\n]+$/);
        }
      }),
    );
  });
});
