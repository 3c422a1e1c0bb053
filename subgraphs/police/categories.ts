import type { Category } from '../../schema/directives.ts';

/** The police’s kinds of information (docs/domain.md). */
export const categories: readonly Category[] = [
  {
    code: 'police.suspicion',
    nameSv: 'Nya brottsmisstankar',
    nameEn: 'New suspicions of crime',
    secrecy: 'OSL 35 kap. 1 §',
    retention: 'P5Y',
    date: 'date',
  },
  {
    code: 'police.association',
    nameSv: 'Umgänge',
    nameEn: 'Company kept',
    secrecy: 'OSL 35 kap. 1 §',
    retention: 'P1Y',
    date: 'date',
  },
  {
    code: 'police.intervention',
    nameSv: 'Ingripanden och omhändertaganden',
    nameEn: 'Interventions and apprehensions',
    secrecy: 'OSL 35 kap. 1 §',
    retention: 'P5Y',
    date: 'date',
  },
  {
    code: 'police.concern-talk',
    nameSv: 'Orossamtal',
    nameEn: 'Concern talks',
    secrecy: 'OSL 35 kap. 1 §',
    retention: 'P2Y',
    date: 'date',
  },
  {
    code: 'police.report',
    nameSv: 'Polisens rapporter om egna åtaganden',
    nameEn: 'The police’s reports on their own commitments',
    secrecy: 'OSL 35 kap. 1 §',
    retention: 'P5Y',
    date: 'date',
  },
];
