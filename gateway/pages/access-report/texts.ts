/** The words of the extract's page in one language, beside those that the extract itself has. */
export interface AccessReportTexts {
  readonly title: string;
  readonly subtitle: string;
  readonly made: (day: string, time: string) => string;
  readonly theYouth: string;
  readonly identityNumber: string;
  /** A time is null at midnight in Sweden, where a day begins or has ended. */
  readonly period: (from: string, fromTime: string | null, until: string, untilTime: string | null) => string;
  readonly who: string;
  readonly what: string;
  readonly howOften: string;
  readonly firstAndLast: string;
  readonly times: (times: number) => string;
  readonly onceAt: (day: string, time: string) => string;
  readonly from: (source: string) => string;
  readonly nothing: string;
  readonly furtherSheets: string;
  readonly dayByDay: string;
  readonly day: string;
  readonly appendix: string;
  readonly ofReadings: (from: number, until: number, readings: number) => string;
  readonly numbersMean: string;
  readonly when: string;
  readonly why: string;
  readonly numbers: (numbers: readonly number[]) => string;
  readonly inLog: (numbers: readonly string[]) => string;
  readonly unsealed: string;
  readonly goesOn: (after: string) => string;
  readonly goodToKnow: string;
  readonly checking: string;
  readonly checkpoint: (size: string) => string;
  readonly noCheckpoint: string;
  readonly forStaff: string;
  readonly secrecyTested: string;
  readonly givenBy: string;
}
