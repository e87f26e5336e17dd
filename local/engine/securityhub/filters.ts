import type {
  AwsSecurityFinding,
  AwsSecurityFindingFilters,
  StringFilter,
} from '@aws-sdk/client-securityhub';
import { WireError } from '../../wire/service';
import { invalid } from './hub';

type Values = readonly (string | undefined)[];

/** What a filter looks at: the text filters that are known here, by name. */
const LOOKS: Partial<Record<keyof AwsSecurityFindingFilters, (finding: AwsSecurityFinding) => Values>> = {
  AwsAccountId: ({ AwsAccountId }) => [AwsAccountId],
  CompanyName: ({ CompanyName }) => [CompanyName],
  ComplianceStatus: ({ Compliance }) => [Compliance?.Status],
  Description: ({ Description }) => [Description],
  GeneratorId: ({ GeneratorId }) => [GeneratorId],
  Id: ({ Id }) => [Id],
  ProductArn: ({ ProductArn }) => [ProductArn],
  ProductName: ({ ProductName }) => [ProductName],
  RecordState: ({ RecordState }) => [RecordState],
  Region: ({ Region }) => [Region],
  ResourceId: ({ Resources = [] }) => Resources.map(({ Id }) => Id),
  ResourceType: ({ Resources = [] }) => Resources.map(({ Type }) => Type),
  SeverityLabel: ({ Severity }) => [Severity?.Label],
  Title: ({ Title }) => [Title],
  Type: ({ Types = [] }) => Types,
  VerificationState: ({ VerificationState }) => [VerificationState],
  WorkflowStatus: ({ Workflow }) => [Workflow?.Status],
};

const MOST_ATTRIBUTES = 10;
const MOST_VALUES = 20;

/** Whether a finding passes all filters (Security Hub: AwsSecurityFindingFilters). */
export function filterOf(filters: AwsSecurityFindingFilters): (finding: AwsSecurityFinding) => boolean {
  const given = Object.entries(filters).filter(([, list]) => list !== undefined);
  if (given.length > MOST_ATTRIBUTES) throw invalid(`Filters take ${MOST_ATTRIBUTES} attributes at most`);
  const tests = given.map(([name, list]) => {
    const look = Object.hasOwn(LOOKS, name) ? LOOKS[name as keyof AwsSecurityFindingFilters] : undefined;
    if (look === undefined)
      throw new WireError('NotImplemented', `the filter ${name} is not spoken here`, 501);
    const test = anyOf(name, list as readonly StringFilter[]);
    return (finding: AwsSecurityFinding) => test(look(finding));
  });
  return (finding) => tests.every((test) => test(finding));
}

const COMPARISONS = {
  EQUALS: (value: string, wanted: string) => value === wanted,
  PREFIX: (value: string, wanted: string) => value.startsWith(wanted),
  CONTAINS: (value: string, wanted: string) => value.includes(wanted),
  NOT_EQUALS: (value: string, wanted: string) => value !== wanted,
  PREFIX_NOT_EQUALS: (value: string, wanted: string) => !value.startsWith(wanted),
  NOT_CONTAINS: (value: string, wanted: string) => !value.includes(wanted),
} as const;

type Comparison = keyof typeof COMPARISONS;

/** One of those that look for a value has to find it, and all of those that exclude one must not. */
function anyOf(name: string, list: readonly StringFilter[]): (values: Values) => boolean {
  if (list.length > MOST_VALUES) throw invalid(`The filter ${name} takes ${MOST_VALUES} values at most`);
  const filters = list.map(({ Comparison = 'EQUALS', Value = '' }) => {
    if (!Object.hasOwn(COMPARISONS, Comparison))
      throw invalid(`${name}: ${Comparison} is no comparison here`);
    return { comparison: Comparison as Comparison, wanted: Value };
  });
  checkTogether(name, new Set(filters.map(({ comparison }) => comparison)));
  const isExcluding = ({ comparison }: { readonly comparison: string }) => comparison.includes('NOT_');
  const [excluding, seeking] = [filters.filter(isExcluding), filters.filter((one) => !isExcluding(one))];
  return (values) => {
    const found = values.map((value) => value ?? '');
    return (
      excluding.every(({ comparison, wanted }) =>
        found.every((value) => COMPARISONS[comparison](value, wanted)),
      ) &&
      (seeking.length === 0 ||
        seeking.some(({ comparison, wanted }) =>
          found.some((value) => COMPARISONS[comparison](value, wanted)),
        ))
    );
  };
}

/** Which comparisons cannot stand side by side (Security Hub: StringFilter). */
function checkTogether(name: string, used: ReadonlySet<Comparison>): void {
  const apart =
    (used.has('EQUALS') && (used.has('NOT_EQUALS') || used.has('PREFIX_NOT_EQUALS'))) ||
    (used.has('CONTAINS') && used.size > 1) ||
    (used.has('NOT_CONTAINS') && used.size > 1);
  if (apart)
    throw invalid(`The filter ${name} has comparisons that exclude each other: ${[...used].join(', ')}`);
}
