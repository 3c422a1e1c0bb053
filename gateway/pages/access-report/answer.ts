/** The answer of the operation access-report to whoever may make an extract. If a part is missing there is an error, and no page. */
export interface AccessReportAnswer {
  readonly accessReport: Extract;
}

export interface Extract {
  readonly from: string;
  readonly to: string;
  readonly madeAt: string;
  readonly madeBy: { readonly name: string };
  readonly notes: readonly string[];
  readonly readings: number;
  readonly summary: readonly ExtractKind[];
  readonly days: readonly ExtractDay[];
  readonly rows: readonly ExtractRow[];
  /** Where the next page of rows begins; null: there are no more rows. */
  readonly nextRows: string | null;
  readonly verification: string;
  readonly checkpoint: { readonly origin: string; readonly size: string; readonly root: string } | null;
}

export interface ExtractKind {
  readonly agency: { readonly name: string };
  readonly information: string;
  readonly source: { readonly name: string };
  readonly times: number;
  readonly first: string;
  readonly last: string;
}

export interface ExtractDay {
  readonly day: string;
  readonly agency: { readonly name: string };
  readonly times: number;
  readonly information: readonly string[];
}

export interface ExtractRow {
  readonly number: number;
  readonly leafIndex: string | null;
  readonly at: string;
  readonly agency: { readonly name: string };
  readonly role: string;
  readonly information: string;
  readonly source: { readonly name: string };
  readonly basis: string;
  readonly shown: string;
}
