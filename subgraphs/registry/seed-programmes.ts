import type { DemoAgency } from '../../schema/demo-world.ts';

/** A programme as the demo world has it; field names are the columns'. */
interface DemoProgramme {
  readonly code: string;
  readonly name: string;
  readonly municipality: string | null;
  readonly kind: 'SIG' | 'SSPF';
  readonly age_from: number | null;
  readonly age_to: number | null;
  readonly cap: number | null;
  /** Null: the social services where the youth lives. */
  readonly lead: DemoAgency | null;
  /** Between reviews, as PostgreSQL writes intervals. */
  readonly review: string;
  readonly deputies?: boolean;
  readonly mandatory: readonly DemoAgency[];
  readonly optional: readonly DemoAgency[];
  readonly peculiarity: string;
}

/** The five programmes that the hub was made for, as data. */
export const PROGRAMMES: readonly DemoProgramme[] = [
  {
    code: 'soderhamn-sig',
    name: 'Söderhamn SIG',
    municipality: 'Söderhamn',
    kind: 'SIG',
    age_from: 15,
    age_to: 18,
    cap: null,
    lead: 'social-services:soderhamn',
    review: '3 months',
    mandatory: ['social-services:soderhamn', 'police:nationell'],
    optional: [],
    peculiarity: 'Lotsen följer upp vad myndigheterna har lovat.',
  },
  {
    code: 'skovde-sig',
    name: 'Skövde SIG',
    municipality: 'Skövde',
    kind: 'SIG',
    age_from: 13,
    age_to: 20,
    cap: 5,
    lead: 'social-services:skovde',
    review: '1 month',
    mandatory: ['social-services:skovde', 'police:nationell', 'school:skovde'],
    optional: ['leisure:skovde', 'school:frida-friskola'],
    peculiarity: 'Gruppen träffas kontinuerligt kring en individuell plan.',
  },
  {
    code: 'national-sig',
    name: 'Nationell pilot SIG',
    municipality: null,
    kind: 'SIG',
    age_from: null,
    age_to: null,
    cap: null,
    lead: null,
    review: '3 months',
    mandatory: [],
    optional: [],
    peculiarity:
      'Polisen meddelar nya brottsmisstankar och umgänge; socialtjänsten gör upp planer och följer upp att åtaganden hålls.',
  },
  {
    code: 'orebro-sig',
    name: 'Örebro SIG (Vivalla)',
    municipality: 'Örebro',
    kind: 'SIG',
    age_from: null,
    age_to: null,
    cap: 8,
    lead: 'social-services:orebro',
    review: '2 months',
    deputies: true,
    mandatory: ['social-services:orebro', 'police:nationell'],
    optional: ['school:orebro', 'leisure:orebro'],
    peculiarity: 'Flera som känner den unge möter föräldrarna tillsammans; arbetet får inte hänga på en person.',
  },
  {
    code: 'strangnas-sspf',
    name: 'Strängnäs SSPF',
    municipality: 'Strängnäs',
    kind: 'SSPF',
    age_from: 10,
    age_to: 18,
    cap: null,
    lead: 'social-services:strangnas',
    review: '3 months',
    mandatory: ['social-services:strangnas', 'police:nationell'],
    optional: [],
    peculiarity: 'Målen är riskmiljöer, brott eller missbruk, och hemgång från placering.',
  },
];
