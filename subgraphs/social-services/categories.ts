import type { Category } from '../../schema/directives.ts';

/** The secrecy provision and the retention of all categories: five years after the last entry. */
const KEPT = { secrecy: 'OSL 26 kap. 1 §', retention: 'P5Y' } as const;

/** Social services’ kinds of information (docs/domain.md). */
export const categories: readonly Category[] = [
  { code: 'social-services.identity', nameSv: 'Ungdomens uppgifter', nameEn: 'The youth’s details', ...KEPT },
  {
    code: 'social-services.guardians',
    nameSv: 'Vårdnadshavare',
    nameEn: 'Guardians',
    ...KEPT,
    grantable: false, // C10
  },
  { code: 'social-services.case', nameSv: 'Ärende', nameEn: 'Case', ...KEPT, date: 'opened' },
  { code: 'social-services.intervention', nameSv: 'Insatser', nameEn: 'Interventions', ...KEPT, date: 'from..to' },
  { code: 'social-services.placement', nameSv: 'Placeringar', nameEn: 'Placements', ...KEPT, date: 'from..to' },
  {
    code: 'social-services.placement-location',
    nameSv: 'Placeringens plats',
    nameEn: 'Where the youth is placed',
    ...KEPT,
  },
  {
    code: 'social-services.risk',
    nameSv: 'Risk- och behovsbedömningar',
    nameEn: 'Assessments of risk and need',
    ...KEPT,
    date: 'date',
  },
  {
    code: 'social-services.plan',
    nameSv: 'Åtgärdsplan med åtaganden, uppföljningar och möten',
    nameEn: 'Action plan with commitments, follow-ups and meetings',
    ...KEPT,
  },
];
