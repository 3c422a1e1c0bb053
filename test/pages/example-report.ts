import type { Extract, ExtractRow } from '../../gateway/pages/access-report/answer.ts';
import type { ExamplePage } from './example-gateway.ts';

const SOCIAL = 'Skövde kommun, socialtjänsten';
const SCHOOL = 'Skövde kommun, grundskolan';

/** Somebody of the social services read the attendance; for tests. */
export const ROW: ExtractRow = {
  number: 1,
  leafIndex: '10234',
  at: '2026-10-24T22:05:10.000Z',
  agency: { name: SOCIAL },
  role: 'samordnare',
  information: 'Närvaro och frånvaro',
  source: { name: SCHOOL },
  basis: 'Samtycke, version 2 (Skövde SIG)',
  shown: 'Visades',
};

/** An extract as the registry answers it for the page; for tests. */
export const EXTRACT: Extract = {
  from: '2026-09-30T22:00:00.000Z',
  to: '2026-10-31T23:00:00.000Z',
  madeAt: '2026-11-24T13:05:00.000Z',
  madeBy: { name: SOCIAL },
  notes: ['Här står vem som har läst.', 'Utdraget kan sakna läsningar.', 'Du kan klaga.'],
  readings: 5,
  nextRows: null,
  summary: [
    {
      agency: { name: SOCIAL },
      information: 'Närvaro och frånvaro',
      source: { name: SCHOOL },
      times: 3,
      first: '2026-10-24T22:05:03.000Z',
      last: '2026-10-24T22:05:58.000Z',
    },
    {
      agency: { name: SCHOOL },
      information: 'Närvaro och frånvaro',
      source: { name: SCHOOL },
      times: 1,
      first: '2026-10-01T08:00:00.000Z',
      last: '2026-10-25T01:30:00.000Z',
    },
  ],
  days: [
    { day: '2026-10-25', agency: { name: SCHOOL }, times: 1, information: ['Närvaro och frånvaro'] },
    { day: '2026-10-25', agency: { name: SOCIAL }, times: 3, information: ['Närvaro och frånvaro', 'Elevhälsa'] },
    { day: '2026-10-01', agency: { name: SCHOOL }, times: 1, information: ['Närvaro och frånvaro'] },
  ],
  rows: [
    ROW,
    { ...ROW, number: 2, information: 'Elevhälsa' },
    { ...ROW, number: 3, leafIndex: '10207', at: '2026-10-24T22:05:58.000Z' },
    { ...ROW, number: 4, leafIndex: '9001', at: '2026-10-24T22:05:03.000Z', shown: 'Kan ha visats' },
    {
      ...ROW,
      number: 5,
      leafIndex: null,
      at: '2026-10-01T08:00:00.000Z',
      agency: { name: SCHOOL },
      role: 'datasystem',
      basis: 'Egna uppgifter, utan samtycke',
    },
  ],
  verification: 'En granskare kan ta fram beviset.',
  checkpoint: { origin: 'samsyn.example/log', size: '20480', root: 'q83vASNFZ4k=' },
};

export const YOUTH_ID = '00000000-0000-4000-8000-000000000001';

/** The page of that extract. */
export const REPORT: ExamplePage<Extract> = {
  path: `/access-report/${YOUTH_ID}`,
  operation: 'access-report',
  answer: (changes) => ({ accessReport: { ...EXTRACT, ...changes } }),
};
