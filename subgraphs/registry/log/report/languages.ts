import { ReportLanguage } from './access-report.ts';
import { en } from './en.ts';
import { sv } from './sv.ts';
import type { ReportTexts } from './texts.ts';

/** The words of each language. */
export const TEXTS: Readonly<Record<ReportLanguage, ReportTexts>> = {
  [ReportLanguage.SV]: sv,
  [ReportLanguage.EN]: en,
};
