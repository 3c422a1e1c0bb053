import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Extract } from '../../gateway/pages/access-report/answer.ts';
import { en } from '../../subgraphs/registry/log/report/en.ts';
import { sv } from '../../subgraphs/registry/log/report/sv.ts';
import { CALLER, ExampleGateway } from './example-gateway.ts';
import { EXTRACT, REPORT, ROW, YOUTH_ID } from './example-report.ts';
import { sheetsOf } from './seen-page.ts';

const NOTES = { sv, en };

let gateway: ExampleGateway<Extract>;
beforeAll(async () => {
  gateway = await ExampleGateway.start(REPORT);
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.answer());

const pageOf = async (query = '') => (await gateway.get(query)).text();
const sheets = async (query = '') => sheetsOf(await pageOf(query));

describe('the extract for the youth', () => {
  test('is the answer to the published operation, asked as the caller, for days in Sweden', async () => {
    await gateway.get('?from=2026-03-29&to=2026-10-25&language=en');
    await gateway.get();
    const asked = gateway.asked.map(({ request, context }) => [
      context.caller,
      context.operation.name,
      request.variables,
    ]);
    const variables = {
      youthId: YOUTH_ID,
      language: 'EN',
      from: '2026-03-28T23:00:00.000Z',
      to: '2026-10-25T23:00:00.000Z',
      after: null,
    };
    expect(asked).toEqual([
      [CALLER, 'access-report', variables],
      [CALLER, 'access-report', { youthId: YOUTH_ID, language: 'SV', from: null, to: null, after: null }],
    ]);
  });

  test('says in Swedish who has read what how often, then day by day, then each reading and how it is proven', async () => {
    expect(await sheets()).toEqual(
      [
        [
          'Skövde kommun, socialtjänsten Gjort den 24 november 2026 klockan 14:05',
          'Vem har läst uppgifterna? Till den unga eller en vårdnadshavare, från Samsyn',
          'Här står vem som har läst. Den unga: namn Personnummer',
          'Från och med 1 oktober 2026 till och med 31 oktober 2026.',
          'Vem Vilka uppgifter Hur ofta Första och senaste gången',
          'Skövde kommun, socialtjänsten Närvaro och frånvaro från Skövde kommun, grundskolan 3 gånger',
          '25 oktober 2026 klockan 00:05',
          'Skövde kommun, grundskolan Närvaro och frånvaro från Skövde kommun, grundskolan 1 gång',
          '1 oktober 2026 klockan 10:00 25 oktober 2026 klockan 02:30 (vintertid)',
          'På de följande sidorna står det dag för dag, och sedan varje läsning för sig.',
          'Bra att veta Utdraget kan sakna läsningar. Du kan klaga.',
          'Fylls i av den som lämnar ut utdraget: Sekretessen prövad för den som får det Lämnat av, datum',
        ],
        [
          'Skövde kommun, socialtjänsten Gjort den 24 november 2026 klockan 14:05 Dag för dag',
          'Dag Vem Hur ofta Vilka uppgifter',
          '25 oktober 2026 Skövde kommun, grundskolan 1 gång Närvaro och frånvaro',
          'Skövde kommun, socialtjänsten 3 gånger Närvaro och frånvaro, Elevhälsa',
          '1 oktober 2026 Skövde kommun, grundskolan 1 gång Närvaro och frånvaro',
        ],
        [
          'Skövde kommun, socialtjänsten Gjort den 24 november 2026 klockan 14:05 Bilaga: varje läsning',
          'Från och med 1 oktober 2026 till och med 31 oktober 2026. Läsning 1 till 5 av 5, den senaste först.',
          'Siffran före uppgifterna är läsningens nummer i bilagan. Numret efter är platsen i loggen, som läsningen kan kontrolleras med.',
          'När Vem Vilka uppgifter Varför det var tillåtet',
          '25 oktober 2026 00:05 Skövde kommun, socialtjänsten samordnare',
          '1, 3. Närvaro och frånvaro från Skövde kommun, grundskolan, nr 10234, 10207 i loggen',
          '2. Elevhälsa från Skövde kommun, grundskolan, nr 10234 i loggen',
          'Samtycke, version 2 (Skövde SIG) Visades',
          '25 oktober 2026 00:05 Skövde kommun, socialtjänsten samordnare',
          '4. Närvaro och frånvaro från Skövde kommun, grundskolan, nr 9001 i loggen',
          'Samtycke, version 2 (Skövde SIG) Kan ha visats',
          '1 oktober 2026 10:00 Skövde kommun, grundskolan datasystem',
          '5. Närvaro och frånvaro från Skövde kommun, grundskolan, nytt, ännu utan nummer i loggen',
          'Egna uppgifter, utan samtycke Visades',
          'Så kan det kontrolleras En granskare kan ta fram beviset.',
          'Kontrollpunkt för de första 20480 i loggen: samsyn.example/log q83vASNFZ4k=',
        ],
      ].map((parts) => parts.join(' ')),
    );
    expect(await pageOf()).toContain('<html lang="sv">');
  });

  test('says the same in English around what the registry says, and prints instants as what they are', async () => {
    const [row] = EXTRACT.rows;
    gateway.answer({
      rows: row === undefined ? [] : [row],
      readings: 1,
      summary: EXTRACT.summary.slice(0, 1).map((kind) => ({ ...kind, times: 1 })),
      days: EXTRACT.days.slice(1, 2),
      from: '2025-11-24T13:05:00.000Z',
      to: '2026-11-24T13:05:00.000Z',
    });
    expect(await sheets('?language=en')).toEqual(
      [
        [
          'Skövde kommun, socialtjänsten Made on 24 November 2026 at 14:05',
          'Who has read the information? For the young person or a guardian, from Samsyn',
          'Här står vem som har läst. The young person: name Personal identity number',
          'From 24 November 2025 at 14:05 until 24 November 2026 at 14:05.',
          'Who What information How often First and last time',
          'Skövde kommun, socialtjänsten Närvaro och frånvaro from Skövde kommun, grundskolan once',
          '25 October 2026 at 00:05',
          'The following pages show it day by day, and then every reading by itself.',
          'Good to know Utdraget kan sakna läsningar. Du kan klaga.',
          'For the person who hands over the extract: Secrecy assessed for the recipient Handed over by, date',
        ],
        [
          'Skövde kommun, socialtjänsten Made on 24 November 2026 at 14:05 Day by day',
          'Day Who How often What information',
          '25 October 2026 Skövde kommun, socialtjänsten 3 times Närvaro och frånvaro, Elevhälsa',
        ],
        [
          'Skövde kommun, socialtjänsten Made on 24 November 2026 at 14:05 Appendix: every reading',
          'From 24 November 2025 at 14:05 until 24 November 2026 at 14:05. Readings 1 to 1 of 1, the latest first.',
          'The number before the information is the number of the reading in this appendix. The one after it is the place in the log, by which the reading can be checked.',
          'When Who What information Why it was permitted',
          '25 October 2026 00:05 Skövde kommun, socialtjänsten samordnare',
          '1. Närvaro och frånvaro from Skövde kommun, grundskolan, no. 10234 in the log',
          'Samtycke, version 2 (Skövde SIG) Visades',
          'How to check this En granskare kan ta fram beviset.',
          'Checkpoint for the first 20480 entries in the log: samsyn.example/log q83vASNFZ4k=',
        ],
      ].map((parts) => parts.join(' ')),
    );
    expect(await pageOf('?language=en')).toContain('<html lang="en">');
  });

  test.each(['sv', 'en'] as const)(
    'has no technical word on its first sheet, in its own words or the registry’s: %s',
    async (language) => {
      gateway.answer({ notes: NOTES[language].notes('LEAD', 'Skövde kommun, socialtjänsten') });
      const [overview = ''] = await sheets(`?language=${language}`);
      expect(overview).toContain(NOTES[language].notes('ALL', '')[0]);
      expect(overview).not.toMatch(
        /logg|\blog\b|system|version|kontrollpunkt|checkpoint|bevis|proof|förseg|seal|\bnr\b|\bno\.|roll\b|role|[0-9a-f]{8}/i,
      );
      expect(overview).not.toMatch(/[a-zåäö][A-ZÅÄÖ]/);
    },
  );

  test('prints of a further page of readings the appendix alone, and where the next one is', async () => {
    const after = 'A'.repeat(32);
    gateway.answer({ rows: [{ ...ROW, number: 1001 }], readings: 1002, nextRows: after });
    const [appendix = '', ...others] = await sheets(`?after=${after}`);
    expect([others, gateway.asked.map(({ request }) => request.variables?.after)]).toEqual([[], [after]]);
    expect(appendix).toContain('Läsning 1001 till 1001 av 1002, den senaste först.');
    expect(appendix).toContain(
      `Bilagan fortsätter. Den som lämnar ut utdraget hämtar resten med samma from och to och after=${after} i adressen.`,
    );
  });

  test('keeps the number of what is sealed beside what is not sealed yet', async () => {
    gateway.answer({ rows: [ROW, { ...ROW, number: 2, leafIndex: null }] });
    expect((await sheets())[2]).toContain(
      '1, 2. Närvaro och frånvaro från Skövde kommun, grundskolan, nr 10234 i loggen, nytt, ännu utan nummer i loggen',
    );
  });

  test('before the log has a checkpoint says so', async () => {
    gateway.answer({ checkpoint: null });
    expect((await sheets())[2]).toContain('Det finns ingen kontrollpunkt ännu.');
  });

  test('without rows says that there is nothing to tell of, and never that nobody has read', async () => {
    gateway.answer({ rows: [], summary: [], days: [], readings: 0, checkpoint: null });
    const [sheet = '', ...others] = await sheets();
    expect(others).toEqual([]);
    expect(sheet).toContain('31 oktober 2026. Det finns inget att berätta om för den här tiden. Bra att veta');
    expect(sheet).not.toMatch(/[Ii]ngen har/);
  });
});

describe('in place of an extract', () => {
  const failed = (code: string) => ({
    data: { accessReport: null },
    errors: [{ message: 'canary-cause', path: ['accessReport'], extensions: { code } }],
  });

  test.each([
    ['FORBIDDEN', 403, 'Sidan kan inte visas'],
    ['LIMIT_EXCEEDED', 400, 'Det blir för mycket för en sida'],
    ['BAD_USER_INPUT', 400, 'Adressen är fel'],
    ['LOG_UNAVAILABLE', 503, 'Sidan kan inte visas just nu'],
  ])('%s is told with %d and what to do', async (code, status, title) => {
    gateway.answered = failed(code);
    const response = await gateway.get();
    const page = await response.text();
    expect([response.status, page.includes(`<h1>${title}</h1>`), page.includes('canary'), sheetsOf(page)]).toEqual([
      status,
      true,
      false,
      [],
    ]);
  });

  test('an answer with a hole in it is a fault, not an extract with a hole', async () => {
    gateway.answered = { data: { accessReport: { ...EXTRACT, rows: [{ ...ROW, basis: null }] } } };
    const response = await gateway.get();
    expect([response.status, sheetsOf(await response.text())]).toEqual([500, []]);
  });

  test('what is no day is refused, and nothing is asked', async () => {
    for (const query of [
      'from=2026-02-30',
      'to=2026-13-01',
      'from=',
      'to=2026-01-01T00:00:00Z',
      'from=2026-01-01&from=2026-01-02',
      'after=1',
    ]) {
      expect([query, (await gateway.get(`?${query}`)).status]).toEqual([query, 400]);
    }
    expect(gateway.asked).toEqual([]);
  });
});
