import { readFileSync } from 'node:fs';
import type { ConsentFormAnswer } from './consent-form/answer.ts';
import { consentForm } from './consent-form/form.ts';
import type { Language, Page } from './page.ts';

/** A page that the gateway makes of the answer to a published operation. */
export interface ServedPage {
  /** Its address, as fastify has it; the variables of the operation are the address's parameters. */
  readonly path: string;
  /** The text of the operation. */
  readonly operation: string;
  /** The page, from an answer without any error. */
  readonly render: (data: unknown, language: Language) => Page;
}

const published = (name: string) =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

/** The pages there are. */
export const SERVED_PAGES: readonly ServedPage[] = [
  {
    path: '/consent-form/:consentId',
    operation: published('consent-form'),
    render: (data, language) => consentForm(data as ConsentFormAnswer, language),
  },
];
