import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SubgraphAnswer } from '../../gateway/engine/engine.ts';
import type { FormConsent } from '../../gateway/pages/consent-form/answer.ts';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { operationHash } from '../../schema/operation-hash.ts';
import { CONSENT, CONSENT_ID, FORM, GUARDIAN, YOUTH } from './example-form.ts';
import { CALLER, ExampleGateway, operationNamed } from './example-gateway.ts';
import { sheetsOf } from './seen-page.ts';

let gateway: ExampleGateway<FormConsent>;
beforeAll(async () => {
  gateway = await ExampleGateway.start(FORM);
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.answer());

const pageOf = async (query = '') => (await gateway.get(query)).text();

describe('the consent form', () => {
  test('is the answer to the published operation, asked as the caller', async () => {
    const response = await gateway.get();
    expect(response.status).toBe(200);
    expect(gateway.asked.map(({ request, context }) => [request.subgraph, request.variables, context.caller])).toEqual([
      ['registry', { consentId: CONSENT_ID }, CALLER],
    ]);
    expect(gateway.asked[0]?.context.operation).toEqual({
      hash: operationHash(operationNamed('consent-form')),
      name: 'consent-form',
      requestId: response.headers.get('samsyn-request-id'),
    });
  });

  test('lets nobody keep it, put anything into it, or run anything in it', async () => {
    const { headers } = await gateway.get();
    expect(
      Object.fromEntries([...headers].filter(([name]) => !/date|length|request-id|alive|connection/.test(name))),
    ).toEqual({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox$/,
      ),
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  test('says in Swedish who shares what with whom, from when, for what, until when, and how to say no', async () => {
    const page = await pageOf();
    const [first = ''] = sheetsOf(page);
    expect(page).toContain('<html lang="sv">');
    for (const text of [
      'Blankett SAMTYCKE-017, version 2',
      'Stöd att bryta en negativ utveckling',
      'Skövde kommun, grundskolan Närvaro och frånvaro Bara uppgifter från och med 1 augusti 2026 till och med 31 december 2026. Skövde kommun, socialtjänsten',
      'Skövde kommun, socialtjänsten Insatser, placeringar Polismyndigheten Skövde kommun, grundskolan',
      'Elevhälsa*',
      'Från och med 1 oktober 2026 till och med 31 mars 2027. Sedan upphör det av sig självt.',
      'Det nuvarande samtycket gäller till och med 30 september 2026. Uppgifterna delas tidigast från och med 1 oktober 2026, och först när myndigheten som de kommer från har bekräftat den undertecknade blanketten: Skövde kommun, grundskolan, Skövde kommun, socialtjänsten.',
      'Muntligt och skriftligt, med blanketten Språk: svenska. Utan tolk.',
      'Du kan säga nej, och du behöver inte förklara varför.',
      'Du kan ta tillbaka ditt ja när du vill, helt eller till en del.',
      'Jag skriver under som: vårdnadshavare särskilt förordnad vårdnadshavare god man',
    ]) {
      expect(first).toContain(text);
    }
  });

  test('says the same in English', async () => {
    const page = await pageOf('?language=en');
    const [first = ''] = sheetsOf(page);
    expect(page).toContain('<html lang="en">');
    for (const text of [
      'Form SAMTYCKE-017, version 2 · Guardian 1',
      'Attendance Only information from 1 August 2026 up to and including 31 December 2026.',
      'Interventions, placements Polismyndigheten',
      'From 1 October 2026 up to and including 31 March 2027. Then it ends automatically.',
      'Language: Swedish. Without an interpreter.',
      'You can take back your yes at any time, for everything or for a part.',
    ]) {
      expect(first).toContain(text);
    }
    expect(page).not.toMatch(/[Vv]årdnadshavare|samtycke /);
  });

  test('has a sheet for each signer, which tells of no other', async () => {
    const [first = '', second = '', youth = '', ...others] = sheetsOf(await pageOf());
    expect(others).toEqual([]);
    expect([first, second, youth].map((sheet) => sheet.match(/Vårdnadshavare \d/g))).toEqual([
      ['Vårdnadshavare 1'],
      ['Vårdnadshavare 2'],
      null,
    ]);
    expect(first.replace('Vårdnadshavare 1', '')).toBe(second.replace('Vårdnadshavare 2', ''));
    expect(youth).toContain('Till dig som samtycket handlar om');
  });

  test('leaves out a guardian who is excused', async () => {
    gateway.answer({ signers: [{ ...GUARDIAN, isExcused: true }, GUARDIAN, YOUTH] });
    expect(sheetsOf(await pageOf()).map((sheet) => sheet.match(/Vårdnadshavare \d/g))).toEqual([
      ['Vårdnadshavare 2'],
      null,
    ]);
  });

  test('asks a child for the own view, and for a signature only where it is needed', async () => {
    gateway.answer({ signers: [GUARDIAN, { ...YOUTH, givesOwnView: true, mustSign: false }] });
    const [guardian = '', child = ''] = sheetsOf(await pageOf());
    expect([guardian.includes('Så här tycker jag'), guardian.includes('Underskrift')]).toEqual([false, true]);
    expect([child.includes('Så här tycker jag'), child.includes('Underskrift')]).toEqual([true, false]);
    gateway.answer({ signers: [GUARDIAN, { ...YOUTH, givesOwnView: true }] });
    const [, signing = ''] = sheetsOf(await pageOf());
    expect(signing).toContain('delas bara om du själv också säger ja');
    expect(signing).toContain('Underskrift');
  });

  test('of a youth who is of age has one sheet, and says nothing of that birthday', async () => {
    gateway.answer({ signers: [{ ...YOUTH, isOfAge: true }] });
    const sheets = sheetsOf(await pageOf());
    expect(sheets.map((sheet) => sheet.includes('18-årsdagen'))).toEqual([false]);
  });

  test('says the time of day where it does not end at midnight', async () => {
    gateway.answer({ validUntil: '2027-03-31T10:30:00.000Z' });
    expect(await pageOf()).toContain('till den 31 mars 2027 klockan 12:30.');
  });

  test.each([
    ['of a version that has ended', { status: 'WITHDRAWN' }, 'Den här versionen ska inte skrivas under'],
    ['of one that is ending', { status: 'ENDING' }, 'Samtycket håller på att ändras'],
    ['of a minor without a guardian', { signers: [YOUTH] }, 'Vårdnaden är inte registrerad'],
  ])('%s is a page that says what to do', async (_, changes, title) => {
    gateway.answer(changes);
    const response = await gateway.get();
    const page = await response.text();
    expect([response.status, sheetsOf(page)]).toEqual([409, []]);
    expect(page).toContain(`<h1>${title}</h1>`);
  });
});

describe('in place of a form', () => {
  const failed = (code: string, path = ['consent'], consent: object | null = null) => ({
    data: { consent },
    errors: [{ message: 'canary-cause', path, extensions: { code } }],
  });

  test('whoever is not permitted gets the same bytes, whether it exists or not, or part of it is refused', async () => {
    const refusals: SubgraphAnswer[] = [
      failed('FORBIDDEN'),
      { data: { consent: null } },
      failed('FORBIDDEN', ['consent', 'signers'], { ...CONSENT, signers: null }),
    ];
    const pages: string[] = [];
    for (const refusal of refusals) {
      gateway.answered = refusal;
      const response = await gateway.get();
      expect(response.status).toBe(403);
      pages.push(await response.text());
    }
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toContain('<h1>Sidan kan inte visas</h1>');
    expect(pages[0]).not.toContain('SAMTYCKE');
  });

  test.each([
    ['SUBGRAPH_UNAVAILABLE', 503, 'Sidan kan inte visas just nu'],
    ['LOG_UNAVAILABLE', 503, 'Sidan kan inte visas just nu'],
    ['INTERNAL_SERVER_ERROR', 500, 'Något gick fel'],
  ])('a %s is told with %d and no cause', async (code, status, title) => {
    gateway.answered = failed(code);
    const response = await gateway.get();
    const page = await response.text();
    expect([response.status, page.includes(`<h1>${title}</h1>`), page.includes('canary')]).toEqual([
      status,
      true,
      false,
    ]);
  });

  test('an answer with a hole in it is a fault, not a form with a hole', async () => {
    gateway.answered = { data: { consent: { ...CONSENT, purpose: null } } };
    const response = await gateway.get();
    expect([response.status, sheetsOf(await response.text())]).toEqual([500, []]);
  });

  test('an answer that comes too late after its decision is the constant 503', async () => {
    gateway.timeLeftMs = 0;
    const response = await gateway.get();
    const requestId = response.headers.get('samsyn-request-id');
    const extensions = { code: 'DEADLINE_EXCEEDED', requestId };
    expect([response.status, await response.json()]).toEqual([
      503,
      { errors: [{ message: CONSTANT_MESSAGES.DEADLINE_EXCEEDED, extensions }] },
    ]);
  });

  test('whoever is not logged in is told so, and nothing is asked', async () => {
    for (const headers of [{}, { authorization: 'Bearer bad' }]) {
      const response = await gateway.get('?language=en', headers);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await response.text()).toContain('<h1>Log in</h1>');
    }
    expect(gateway.asked).toEqual([]);
  });

  test('another language is refused, and nothing is asked', async () => {
    for (const query of ['?language=de', '?language=', '?language=sv&language=en']) {
      expect((await gateway.get(query)).status).toBe(400);
    }
    expect(gateway.asked).toEqual([]);
  });
});
