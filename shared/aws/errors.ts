import { Refusal, type RefusalKind } from '../domain/refusal';

/**
 * AWS's error names in our words: the only place that knows them (style rule 12). The SDK names RDS's errors with a
 * `Fault` at the end that the wire code lacks (aws-facts: Snapshots and copies); it is cut off before looking here.
 */
const KINDS: Readonly<Record<string, RefusalKind>> = {
  DBSnapshotAlreadyExists: 'taken',
  DBInstanceAlreadyExists: 'taken',
  PreconditionFailed: 'taken',
  DBSnapshotNotFound: 'gone',
  DBInstanceNotFound: 'gone',
  DBSubnetGroupNotFound: 'gone',
  DBParameterGroupNotFound: 'gone',
  DBSecurityGroupNotFound: 'gone',
  CertificateNotFound: 'gone',
  ResourceNotFound: 'gone',
  OptionGroupNotFound: 'gone',
  NotFoundException: 'gone',
  NotFound: 'gone',
  NoSuchKey: 'gone',
  NoSuchBucket: 'gone',
  NoSuchVersion: 'gone',
  InvalidDBInstanceState: 'busy',
  InvalidDBSnapshotState: 'busy',
  // No machine of that class is free in the zone at the moment.
  InsufficientDBInstanceCapacity: 'busy',
  ConflictException: 'busy',
  ConditionalRequestConflict: 'busy',
  OperationAborted: 'busy',
  SnapshotQuotaExceeded: 'quota',
  InstanceQuotaExceeded: 'quota',
  StorageQuotaExceeded: 'quota',
  LimitExceededException: 'quota',
  KMSKeyNotAccessible: 'key',
  DisabledException: 'key',
  KMSDisabled: 'key',
  KMSInvalidState: 'key',
  KMSNotFound: 'key',
  KMSAccessDenied: 'denied',
  KMSInvalidStateException: 'key',
  KeyUnavailableException: 'key',
  'KMS.DisabledException': 'key',
  'KMS.KMSInvalidStateException': 'key',
  'KMS.NotFoundException': 'key',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  UnauthorizedOperation: 'denied',
  AuthorizationErrorException: 'denied',
  ExpiredToken: 'denied',
  InvalidClientTokenId: 'denied',
  SignatureDoesNotMatch: 'denied',
  CredentialsProviderError: 'denied',
  Throttling: 'throttled',
  SlowDown: 'throttled',
  ThrottlingException: 'throttled',
  RequestLimitExceeded: 'throttled',
  TooManyRequestsException: 'throttled',
  InvalidAction: 'unsupported',
  UnknownOperationException: 'unsupported',
  NotImplemented: 'unsupported',
  UnsupportedOperationException: 'unsupported',
  InvalidAccessException: 'denied',
  NotAuthorizedForSourceException: 'denied',
  InternalException: 'unreachable',
  InternalServiceError: 'unreachable',
  InternalServiceFault: 'unreachable',
  InternalFailure: 'unreachable',
  InternalError: 'unreachable',
  ServiceUnavailable: 'unreachable',
  KMSInternalException: 'unreachable',
  DependencyTimeoutException: 'unreachable',
  InternalErrorException: 'unreachable',
  InvalidVPCNetworkState: 'invalid',
  InvalidSubnet: 'invalid',
  InvalidRestore: 'invalid',
  DBSubnetGroupDoesNotCoverEnoughAZs: 'invalid',
  StorageTypeNotSupported: 'invalid',
  InvalidParameter: 'invalid',
  InvalidInputException: 'invalid',
  InvalidNextToken: 'invalid',
  ParameterValueInvalid: 'invalid',
  MalformedDetail: 'invalid',
  InvalidParameterValue: 'invalid',
  InvalidParameterCombination: 'invalid',
  InvalidArnException: 'invalid',
  InvalidParameterException: 'invalid',
  InvalidArgument: 'invalid',
  InvalidRequest: 'invalid',
  KeyTooLongError: 'invalid',
  BadDigest: 'invalid',
  PermanentRedirect: 'invalid',
  ValidationError: 'invalid',
  ValidationException: 'invalid',
  TimeoutError: 'unreachable',
};

const HINTS: Partial<Record<RefusalKind, string>> = {
  denied: "compare the function's role in deploy/ with the action and the region named here",
  throttled:
    'nothing to do if it passes: the next run goes on. If it stays, look for what else calls RDS in this account',
  quota:
    'raise "Manual DB instance snapshots" in Service Quotas, lower the retention, or delete snapshots of others',
  key: 'look at the key with aws kms describe-key; a disabled key can be enabled, a pending deletion canceled',
  unreachable: 'check the health of the region; the next run tries again',
};

/** Node's codes of a connection that did not come about or broke off. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
]);

/** The `Refusal` that an SDK error stands for; `doing` says what was tried: `create snapshot x in us-east-1`. */
export function translate(error: unknown, doing: string): Refusal {
  if (error instanceof Refusal) return error;
  const { name, message, code, $metadata, $response } = error as {
    name?: string;
    message?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Readonly<Record<string, string>> };
  };
  const bare = (name ?? '').replace(/Fault$/, '');
  const kind =
    KINDS[bare] ??
    (code !== undefined && NETWORK.has(code) ? 'unreachable' : undefined) ??
    (unknownThere($metadata?.httpStatusCode, $response?.headers?.['content-type'])
      ? 'unsupported'
      : 'unknown');
  return new Refusal(kind, `${doing}: ${bare || 'error'}: ${message ?? String(error)}`, HINTS[kind], {
    cause: error,
  });
}

/** Whether the endpoint has no such operation. Moto says so with 500 and a page in HTML, which AWS never sends. */
function unknownThere(status: number | undefined, contentType = ''): boolean {
  return status === 501 || (status === 500 && contentType.startsWith('text/html'));
}

/** Runs one call; what it throws comes out as a `Refusal`. */
export async function calling<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translate(error, doing);
  }
}
