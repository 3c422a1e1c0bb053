import type { Category } from '../../schema/directives.ts';

/** The school’s kinds of information (docs/domain.md). */
export const categories: readonly Category[] = [
  {
    code: 'school.enrolment',
    nameSv: 'Skolplacering',
    nameEn: 'School enrolment',
    secrecy: 'OSL 23 kap. 2 §',
    retention: 'P5Y',
    date: 'from..to',
  },
  {
    code: 'school.attendance',
    nameSv: 'Närvaro och frånvaro',
    nameEn: 'School attendance',
    secrecy: 'OSL 23 kap. 2 §',
    retention: 'P2Y',
    date: 'from..to',
  },
  {
    code: 'school.support',
    nameSv: 'Stödåtgärder och åtgärdsprogram',
    nameEn: 'Support measures',
    secrecy: 'OSL 23 kap. 2 §',
    retention: 'P5Y',
    date: 'from..to',
  },
  {
    code: 'school.incident',
    nameSv: 'Händelser i skolan',
    nameEn: 'Incidents at school',
    secrecy: 'OSL 23 kap. 2 §',
    retention: 'P2Y',
    date: 'date',
  },
  {
    code: 'school.health',
    nameSv: 'Elevhälsa',
    nameEn: 'Student health',
    secrecy: 'OSL 25 kap. 1 §',
    retention: 'P10Y',
    youthSigns: true,
  },
  {
    code: 'school.report',
    nameSv: 'Skolans rapporter om egna åtaganden',
    nameEn: 'The school’s reports on its own commitments',
    secrecy: 'OSL 23 kap. 2 §',
    retention: 'P5Y',
    date: 'date',
  },
];
