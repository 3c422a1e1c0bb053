import type { FormConsent, FormGrant, FormSigner } from '../../gateway/pages/consent-form/answer.ts';
import type { ExamplePage } from './example-gateway.ts';

/** A guardian, and a youth, who sign; for tests. */
export const GUARDIAN: FormSigner = {
  capacity: 'GUARDIAN_WITH_CUSTODY',
  mustSign: true,
  givesOwnView: false,
  isOfAge: false,
  isExcused: false,
};
export const YOUTH: FormSigner = { ...GUARDIAN, capacity: 'YOUTH' };

const SOCIAL = 'Skövde kommun, socialtjänsten';
const POLICE = 'Polismyndigheten';
const SCHOOL = 'Skövde kommun, grundskolan';

/** A grant of one kind; the youth must sign `Elevhälsa`. */
export function grant(source: string, recipient: string, nameSv: string, nameEn: string, given = {}): FormGrant {
  return {
    dataFrom: null,
    dataTo: null,
    source: { name: source },
    recipient: { name: recipient },
    category: { nameSv, nameEn, youthSigns: nameSv === 'Elevhälsa' },
    ...given,
  };
}

/** A consent as the registry answers it for the form; for tests. */
export const CONSENT: FormConsent = {
  version: 2,
  status: 'DRAFT',
  validFrom: '2026-09-30T22:00:00.000Z',
  validUntil: '2027-03-31T22:00:00.000Z',
  purpose: 'Stöd att bryta en negativ utveckling',
  paperReference: 'SAMTYCKE-017',
  informationGiven: 'Muntligt och skriftligt, med blanketten',
  language: 'sv',
  interpreter: false,
  group: { leadAgency: { name: SOCIAL }, programme: { name: 'Skövde SIG' } },
  transition: {
    presentUntil: '2026-09-30T22:00:00.000Z',
    readFrom: '2026-09-30T22:00:00.000Z',
    toAcknowledge: [{ name: SCHOOL }, { name: SOCIAL }],
  },
  grants: [
    grant(SCHOOL, SOCIAL, 'Närvaro och frånvaro', 'Attendance', { dataFrom: '2026-08-01', dataTo: '2027-01-01' }),
    grant(SCHOOL, SOCIAL, 'Elevhälsa', 'Student health'),
    grant(SOCIAL, POLICE, 'Insatser', 'Interventions'),
    grant(SOCIAL, SCHOOL, 'Insatser', 'Interventions'),
    grant(SOCIAL, POLICE, 'Placeringar', 'Placements'),
    grant(SOCIAL, SCHOOL, 'Placeringar', 'Placements'),
  ],
  signers: [GUARDIAN, GUARDIAN, YOUTH],
};

export const CONSENT_ID = '20000000-0000-4000-8000-000000000001';

/** The form of that consent. */
export const FORM: ExamplePage<FormConsent> = {
  path: `/consent-form/${CONSENT_ID}`,
  operation: 'consent-form',
  answer: (changes) => ({ consent: { ...CONSENT, ...changes } }),
};
