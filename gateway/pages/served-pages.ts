import { readFileSync } from 'node:fs';
import type { AccessReportAnswer } from './access-report/answer.ts';
import { afterOf, periodOf } from './access-report/period.ts';
import { accessReport } from './access-report/report.ts';
import type { ConsentFormAnswer } from './consent-form/answer.ts';
import { consentForm } from './consent-form/form.ts';
import type { Language, Page } from './page.ts';

/** The parts of an address. */
export interface Address {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly language: Language;
}

/** A page that the gateway makes of the answer to a published operation. */
export interface ServedPage {
  /** Its path, in fastify's syntax. */
  readonly path: string;
  /** The text of the operation. */
  readonly operation: string;
  /** The operation's variables. Throws a HubError if the address is wrong. */
  readonly variables: (address: Address) => Readonly<Record<string, unknown>>;
  /** Makes the page of an answer without any error. */
  readonly render: (data: unknown, language: Language) => Page;
}

const published = (name: string) =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

/** All pages. */
export const SERVED_PAGES: readonly ServedPage[] = [
  {
    path: '/consent-form/:consentId',
    operation: published('consent-form'),
    variables: ({ params }) => params,
    render: (data, language) => consentForm(data as ConsentFormAnswer, language),
  },
  {
    path: '/access-report/:youthId',
    operation: published('access-report'),
    variables: ({ params, query, language }) => ({
      ...params,
      ...periodOf(query),
      after: afterOf(query),
      language: language.toUpperCase(),
    }),
    render: (data, language) => accessReport(data as AccessReportAnswer, language),
  },
];
