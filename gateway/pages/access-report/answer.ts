/**
 * The answer to the operation access-report for a caller who may make an extract. If a part is missing, there is an
 * error and no page.
 */
export interface AccessReportAnswer {
  readonly accessReport: Extract;
}

export interface Extract {
  readonly from: string;
  readonly to: string;
  readonly madeAt: string;
  readonly madeBy: { readonly name: string };
  readonly notes: readonly string[];
  readonly rows: readonly ExtractRow[];
  readonly verification: string;
  readonly checkpoint: { readonly origin: string; readonly size: string; readonly root: string } | null;
}

export interface ExtractRow {
  readonly leafIndex: string | null;
  readonly at: string;
  readonly agency: { readonly name: string };
  readonly role: string;
  readonly information: string;
  readonly source: { readonly name: string };
  readonly basis: string;
  readonly shown: string;
}
