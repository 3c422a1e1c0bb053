import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Extract } from '../../gateway/pages/access-report/answer.ts';
import { CALLER, ExampleGateway } from './example-gateway.ts';
import { EXTRACT, REPORT, ROW, YOUTH_ID } from './example-report.ts';
import { sheetsOf } from './seen-page.ts';

let gateway: ExampleGateway<Extract>;
beforeAll(async () => {
  gateway = await ExampleGateway.start(REPORT);
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.answer());

const pageOf = async (query = '') => (await gateway.get(query)).text();
const sheetOf = async (query = '') => {
  const [sheet = '', ...others] = sheetsOf(await pageOf(query));
  expect(others).toEqual([]);
  return sheet;
};

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
    };
    expect(asked).toEqual([
      [CALLER, 'access-report', variables],
      [CALLER, 'access-report', { youthId: YOUTH_ID, language: 'SV', from: null, to: null }],
    ]);
  });

  test('says in Swedish who has read what, when, why, and by which number it is proven', async () => {
    expect(await sheetOf()).toBe(
      [
        'Skövde kommun, socialtjänsten Gjort den 24 november 2026 klockan 14:05',
        'Vem har läst uppgifterna? Utdrag ur loggen i Samsyn, till den unga eller en vårdnadshavare',
        'Här står vem som har läst. Den unga: namn Personnummer',
        'Från och med 1 oktober 2026 till och med 31 oktober 2026.',
        'När Vem Vilka uppgifter Varför det var tillåtet',
        '25 oktober 2026 00:05 Skövde kommun, socialtjänsten samordnare',
        'Närvaro och frånvaro från Skövde kommun, grundskolan, nr 10234, 10207',
        'Elevhälsa från Skövde kommun, grundskolan, nr 10235',
        'Samtycke, version 2 (Skövde SIG) Visades',
        '25 oktober 2026 00:05 Skövde kommun, socialtjänsten samordnare',
        'Närvaro och frånvaro från Skövde kommun, grundskolan, nr 9001',
        'Samtycke, version 2 (Skövde SIG) Kan ha visats',
        '1 oktober 2026 10:00 Skövde kommun, grundskolan datasystem',
        'Närvaro och frånvaro från Skövde kommun, grundskolan, nytt, ännu utan nummer',
        'Egna uppgifter, utan samtycke Visades',
        'Bra att veta Utdraget kan sakna läsningar. Du kan klaga.',
        'Så kan det kontrolleras En granskare kan ta fram beviset.',
        'Kontrollpunkt för de första 20480 i loggen: samsyn.example/log q83vASNFZ4k=',
        'Fylls i av den som lämnar ut utdraget: Sekretessen prövad för den som får det Lämnat av, datum',
      ].join(' '),
    );
    expect(await pageOf()).toContain('<html lang="sv">');
  });

  test('says the same in English around what the registry says', async () => {
    const [row] = EXTRACT.rows;
    gateway.answer({ rows: row === undefined ? [] : [row], to: '2026-11-24T13:05:00.000Z' });
    expect(await sheetOf('?language=en')).toBe(
      [
        'Skövde kommun, socialtjänsten Made on 24 November 2026 at 14:05',
        'Who has read the information? Extract from the Samsyn log, for the young person or a guardian',
        'Här står vem som har läst. The young person: name Personal identity number',
        'From 1 October 2026 until 24 November 2026 at 14:05.',
        'When Who What information Why it was permitted',
        '25 October 2026 00:05 Skövde kommun, socialtjänsten samordnare',
        'Närvaro och frånvaro from Skövde kommun, grundskolan, no. 10234',
        'Samtycke, version 2 (Skövde SIG) Visades',
        'Good to know Utdraget kan sakna läsningar. Du kan klaga.',
        'How to check this En granskare kan ta fram beviset.',
        'Checkpoint for the first 20480 entries in the log: samsyn.example/log q83vASNFZ4k=',
        'For the person who hands over the extract: Secrecy assessed for the recipient Handed over by, date',
      ].join(' '),
    );
    expect(await pageOf('?language=en')).toContain('<html lang="en">');
  });

  test('keeps the number of what is sealed beside what is not sealed yet', async () => {
    gateway.answer({ rows: [ROW, { ...ROW, leafIndex: null }] });
    expect(await sheetOf()).toContain('från Skövde kommun, grundskolan, nr 10234, nytt, ännu utan nummer');
  });

  test('without rows says that there is nothing to tell of, and never that nobody has read', async () => {
    gateway.answer({ rows: [], checkpoint: null });
    const sheet = await sheetOf();
    expect(sheet).toContain('31 oktober 2026. Det finns inget att berätta om för den här tiden. Bra att veta');
    expect(sheet).toContain('Det finns ingen kontrollpunkt ännu.');
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
    ]) {
      expect([query, (await gateway.get(`?${query}`)).status]).toEqual([query, 400]);
    }
    expect(gateway.asked).toEqual([]);
  });
});
