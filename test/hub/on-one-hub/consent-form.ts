import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Hub } from '../../../hub/hub.ts';
import type { DemoYouthName, PersonaName } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { operationHash } from '../../../schema/operation-hash.ts';
import { ask, sql, tokenOf } from '../../setup/ask.ts';
import { IN_CHROMIUM, inBrowser, openBrowser, pagesOf } from '../../setup/browser.ts';
import { consentOf } from '../consents.ts';
import { operation } from '../log-pages.ts';
import { sharedHub } from './shared-hub.ts';

const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';
const SIGNERS =
  'query ($id: ID!) { consent(id: $id) { signers { capacity mustSign givesOwnView isOfAge isExcused hasSigned } } }';

let hub: Hub;
beforeAll(async () => {
  hub = await sharedHub();
});

const address = (consentId: string, query = '') => new URL(`/consent-form/${consentId}${query}`, hub.url).href;

async function form(persona: PersonaName | null, consentId: string, query = '') {
  const headers: Record<string, string> =
    persona === null ? {} : { authorization: `Bearer ${await tokenOf(hub, persona)}` };
  const response = await fetch(address(consentId, query), { headers });
  const text = await response.text();
  return {
    status: response.status,
    text,
    sheets: text.split('<section class="sheet').length - 1,
    requestId: response.headers.get('samsyn-request-id') ?? '',
  };
}

describe('the consent form of a demo youth', () => {
  test.each<[DemoYouthName, number]>([
    ['everything', 3],
    ['attendanceOnly', 3],
    ['awaitingSignature', 3],
    ['turning15', 3],
  ])('%s has a sheet for each of %d who sign', async (name, count) => {
    const { status, sheets, text } = await form('social-coordinator', consentOf(name));
    expect([status, sheets]).toEqual([200, count]);
    expect(text).toContain('Stöd att bryta en negativ utveckling');
  });

  test('is for the coordinator; others get the same bytes, whether there is such a consent or not', async () => {
    const existing = consentOf('everything');
    const refused = await Promise.all([
      ...(['police-officer', 'social-mentor', 'police-outsider', 'school-manager', 'hub-auditor'] as const).map(
        (persona) => form(persona, existing),
      ),
      form('orebro-coordinator', existing),
      form('social-coordinator', randomUUID()),
      form('social-coordinator', 'no-id'),
      form('police-outsider', consentOf('withdrawn')),
    ]);
    expect(new Set(refused.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect([refused[0]?.status, refused[0]?.sheets]).toEqual([403, 0]);
  });

  test('is not given out for a version that nobody should sign, nor to anybody without a token', async () => {
    const answers = [
      ...(await Promise.all(
        (['withdrawn', 'expired', 'refused'] as const).map((name) => form('social-coordinator', consentOf(name))),
      )),
      await form(null, consentOf('everything')),
    ];
    expect(answers.map(({ status, sheets }) => [status, sheets])).toEqual([
      [409, 0],
      [409, 0],
      [409, 0],
      [401, 0],
    ]);
  });

  test('leaves the entry that the operation leaves, given or refused', async () => {
    const consentId = consentOf('attendanceOnly');
    const [given, refused] = [await form('social-coordinator', consentId), await form('leisure-outsider', consentId)];
    const entries = await sql(
      hub,
      OWNER,
      `SELECT kind, permitted, caller, name, thing, operation_name, operation_hash FROM registry.entry
       WHERE request_id = ANY ($1::uuid[]) ORDER BY id`,
      [[given.requestId, refused.requestId]],
    );
    const entry = {
      kind: 'READ',
      name: 'consent',
      thing: consentId,
      operation_name: 'consent-form',
      operation_hash: operationHash(operation('consent-form')),
    };
    expect(entries).toEqual([
      { ...entry, permitted: true, caller: 'p-1001' },
      { ...entry, permitted: false, caller: 'p-4009' },
    ]);
  });
});

/** A consent of somebody of this age, with so many guardians, in a group that the coordinator of Skövde leads. */
async function consentOfAge(years: number | null, guardians: number, category = 'school.attendance'): Promise<string> {
  const [youth, group, consent] = [randomUUID(), randomUUID(), randomUUID()];
  const born = years === null ? 'NULL' : `(registry.clock() - interval '${years} years 1 month')::date`;
  const agency = (code: string) => `(SELECT id FROM registry.agency WHERE code = '${code}')`;
  await sql(
    hub,
    OWNER,
    `INSERT INTO registry.youth (id, lead_agency, birth_date)
       VALUES ('${youth}', ${agency('social-services:skovde')}, ${born});
     INSERT INTO registry.custody (youth, guardian, starts_at)
       SELECT '${youth}', gen_random_uuid(), registry.clock() - interval '1 year' FROM generate_series(1, ${guardians});
     INSERT INTO registry.intervention_group (id, youth, programme, lead_agency, opened_at)
       SELECT '${group}', '${youth}', id, ${agency('social-services:skovde')}, registry.clock() FROM registry.programme
       WHERE code = 'national-sig' LIMIT 1;
     INSERT INTO registry.seat (group_id, agency, role, holder)
       VALUES ('${group}', ${agency('social-services:skovde')}, 'COORDINATOR', 'p-1001');
     INSERT INTO registry.consent (id, group_id, version, valid_from, valid_until, purpose, paper_reference,
       information_given, language, recorded_by)
       VALUES ('${consent}', '${group}', 1, registry.clock(), registry.clock() + interval '90 days', 'Stöd', 'S-1',
         'Muntligt', 'sv', 'p-1001');
     INSERT INTO registry.consent_grant (consent, source, recipient, category)
       SELECT '${consent}', ${agency('school:skovde')}, ${agency('social-services:skovde')}, id
       FROM registry.category WHERE code = '${category}'`,
  );
  return consent;
}

describe('who is asked to sign', () => {
  const guardian = {
    capacity: 'GUARDIAN_WITH_CUSTODY',
    mustSign: true,
    givesOwnView: false,
    isOfAge: false,
    isExcused: false,
    hasSigned: false,
  };
  const youth = { ...guardian, capacity: 'YOUTH' };

  test.each([
    [
      '14, and nothing needs the youth',
      [14, 2],
      [guardian, guardian, { ...youth, mustSign: false, givesOwnView: true }],
    ],
    ['14, and the youth must sign', [14, 1, 'school.health'], [guardian, { ...youth, givesOwnView: true }]],
    ['15', [15, 2], [guardian, guardian, youth]],
    ['18', [18, 2], [{ ...youth, isOfAge: true }]],
    ['unknown', [null, 1], [guardian, youth]],
  ] as const)('at the age of %s', async (_, [years, guardians, category], expected) => {
    const id = await consentOfAge(years, guardians, category);
    const { data, errors } = await ask(hub, 'social-coordinator', SIGNERS, { id });
    expect([data, errors]).toEqual([{ consent: { signers: expected } }, []]);
  });

  test('is one guardian less when that one is excused, and nobody without a guardian', async () => {
    const [excused, without] = [await consentOfAge(15, 2), await consentOfAge(15, 0)];
    await sql(
      hub,
      OWNER,
      `INSERT INTO registry.waiver (consent, guardian, ground, recorded_by)
       SELECT $1, min(k.guardian::text)::uuid, 'Kan inte nås', 'p-1001' FROM registry.custody k
       JOIN registry.intervention_group g ON g.youth = k.youth JOIN registry.consent c ON c.group_id = g.id WHERE c.id = $1`,
      [excused],
    );
    const [form1, form2] = [await form('social-coordinator', excused), await form('social-coordinator', without)];
    expect([form1.status, form1.sheets, form2.status, form2.sheets]).toEqual([200, 2, 409, 0]);
  });

  test('is told to nobody but the coordinator', async () => {
    const { data, errors } = await ask(hub, 'social-mentor', SIGNERS, { id: consentOf('everything') });
    expect([data, errors]).toEqual([
      { consent: { signers: null } },
      [{ message: CONSTANT_MESSAGES.FORBIDDEN, path: ['consent', 'signers'], extensions: { code: 'FORBIDDEN' } }],
    ]);
  });
});

describe(`the consent form of the hub, ${IN_CHROMIUM}`, () => {
  let browser: Browser | null;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  inBrowser.each(['everything', 'turning15'] as const)('is one page of A4 for each signer of %s', async (name) => {
    if (browser === null) throw new Error('There is no browser here.');
    const extraHTTPHeaders = { authorization: `Bearer ${await tokenOf(hub, 'social-coordinator')}` };
    const page = await browser.newPage({ extraHTTPHeaders });
    await page.goto(address(consentOf(name), '?language=en'));
    const printed = pagesOf(await page.pdf({ preferCSSPageSize: true }));
    await page.close();
    expect(printed).toEqual({ count: 3, sizes: ['210 x 297'] });
  });
});
