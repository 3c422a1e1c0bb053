/** The words of the consent form in one language. Texts with variable parts are functions. */
export interface ConsentFormTexts {
  readonly title: string;
  readonly reference: (reference: string, version: number) => string;
  readonly guardian: AudienceTexts & { readonly number: (number: number) => string };
  readonly youth: AudienceTexts;
  readonly child: AudienceTexts & {
    readonly ownView: string;
    readonly needNotSign: string;
    readonly mustSign: string;
  };
  readonly theYouth: string;
  readonly purpose: string;
  readonly sharing: string;
  readonly source: string;
  readonly kinds: string;
  readonly recipients: string;
  readonly dated: (from: string | null, until: string | null) => string;
  readonly youthSigns: string;
  readonly period: string;
  readonly lasts: (from: string, until: string, time: string | null) => string;
  /** The end of the version in force, which this one replaces. */
  readonly present: (until: string, time: string | null) => string;
  /** The first day on which information is shared, and the authorities that must confirm the form before. */
  readonly read: (from: string, sources: string) => string;
  readonly until18: string;
  readonly informed: string;
  readonly told: (language: string, interpreter: boolean) => string;
  readonly changeOfMind: string;
  readonly contact: string;
  readonly phone: string;
  readonly answer: string;
  readonly yes: string;
  readonly partly: string;
  readonly no: string;
  readonly capacity: string;
  readonly capacities: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly name: string;
  readonly identityNumber: string;
  readonly forStaff: string;
  readonly identityChecked: string;
  readonly receivedBy: string;
  /** Pages in place of the form, for a consent that should not be signed. */
  readonly noGuardian: NoticeTexts;
  readonly ended: NoticeTexts;
  readonly ending: NoticeTexts;
}

/** The texts for a guardian, for a youth of 15 or more, or for a child. */
interface AudienceTexts {
  readonly audience: string;
  readonly introduction: string;
  readonly withdrawing: string;
  readonly goodToKnow: string;
}

/** A page of a few words. */
export interface NoticeTexts {
  readonly title: string;
  readonly text: string;
}
