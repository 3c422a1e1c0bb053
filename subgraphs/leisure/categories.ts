import type { Category } from '../../schema/directives.ts';

/** Leisure’s kinds of information (docs/domain.md). */
export const categories: readonly Category[] = [
  {
    code: 'leisure.activity',
    nameSv: 'Fritidsaktiviteter',
    nameEn: 'Leisure activities',
    secrecy: 'OSL 21 kap. 1 §',
    retention: 'P2Y',
    date: 'from..to',
  },
  {
    code: 'leisure.field-note',
    nameSv: 'Fältarbetares anteckningar',
    nameEn: 'Field workers’ notes',
    secrecy: 'OSL 26 kap. 1 §',
    retention: 'P1Y',
    date: 'date',
  },
  {
    code: 'leisure.report',
    nameSv: 'Kultur och fritids rapporter om egna åtaganden',
    nameEn: 'Leisure’s reports on its own commitments',
    secrecy: 'OSL 26 kap. 1 §',
    retention: 'P5Y',
    date: 'date',
  },
];
