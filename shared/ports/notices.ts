/** What a filter policy of a subscription compares with: one text, or several of which any may match. */
export type Attributes = Readonly<Record<string, string | readonly string[]>>;

/** A message as SNS takes it. */
export interface NoticeText {
  /** Fewer than 100 characters of ASCII, on one line. */
  readonly subject: string;
  /** By protocol, as `email` and `sqs`; `default` for all others. */
  readonly texts: Readonly<Record<string, string>> & { readonly default: string };
  readonly attributes: Attributes;
}

export interface Notices {
  /** Returns once the topic took it; throws a `Refusal` when it did not, or when nobody knows. */
  publish(topic: string, notice: NoticeText): Promise<void>;
}
