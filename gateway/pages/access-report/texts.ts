/** The words of the extract's page in one language, except those that the extract itself contains. */
export interface AccessReportTexts {
  readonly title: string;
  readonly subtitle: string;
  readonly made: (day: string, time: string) => string;
  readonly theYouth: string;
  readonly identityNumber: string;
  readonly period: (from: string, until: string, time: string | null) => string;
  readonly when: string;
  readonly who: string;
  readonly what: string;
  readonly why: string;
  readonly from: (source: string) => string;
  readonly numbers: (numbers: readonly string[]) => string;
  readonly unsealed: string;
  readonly nothing: string;
  readonly goodToKnow: string;
  readonly checking: string;
  readonly checkpoint: (size: string) => string;
  readonly noCheckpoint: string;
  readonly forStaff: string;
  readonly secrecyTested: string;
  readonly givenBy: string;
}
