import { expect, test } from '@jest/globals';
import { askAs } from '../mutate.ts';
import { born, Case } from './case.ts';
import { ago, by, made, say, sharedPlace } from './place.ts';

const SOCIAL = 'social-services:soderhamn';
const COORDINATOR = by('p-6301', SOCIAL, 'COORDINATOR');
const CAST = { coordinator: COORDINATOR, police: by('p-2631', 'police:nationell', 'CASEWORKER') };
const { police: POLICE } = CAST;
const GRANTS = [`${POLICE.agency} police.report ${SOCIAL}`];
const OUTLOOK = 'transition { presentUntil readFrom toAcknowledge { code } }';

interface Receipt {
  readonly id: string;
  readonly outcome: string;
  readonly transition: unknown;
}

/** What the coordinator's change answers, with the outlook, or its errors. */
async function answered(mutation: string, type: string, input: object) {
  const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { id outcome ${OUTLOOK} } }`;
  const { data, errors } = await askAs(await sharedPlace(), COORDINATOR, query, { input });
  const { [mutation]: receipt = null } = (data ?? {}) as Readonly<Record<string, Receipt | null>>;
  return { receipt, errors };
}

/** What a member finds on the versions that need attention. */
async function attention(who: typeof COORDINATOR) {
  const query = `{ consentsNeedingAttention(withinDays: 0) { status ${OUTLOOK} } }`;
  return (await askAs(await sharedPlace(), who, query)).data?.consentsNeedingAttention;
}

const inSweden = (at: Date) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(at);

test.concurrent('a renewal states its start while a version is in force, and says from when what is read', async () => {
  const life = await Case.proposed(COORDINATOR, 'soderhamn-sig', born(17, -31));
  const { groupId } = life;
  const seen = () => life.seenBy(CAST);
  await life.seat(POLICE);
  await made(COORDINATOR, 'openGroup', { groupId });
  const end = new Date(ago(-90));
  const first = await life.propose('FORNYELSE-1', GRANTS, { validUntil: end });
  await life.sign(first, ['mother', 'father', 'youth']);
  await life.link(POLICE);
  await life.acknowledge(first, 'FORNYELSE-1', POLICE);
  const running = { coordinator: 'ACTIVE EFFECTIVE/1 p', police: 'ACTIVE EFFECTIVE/1 p' };
  expect(await seen()).toEqual(running);

  const renewal = {
    groupId,
    validUntil: ago(-150),
    purpose: 'Stöd att bryta en negativ utveckling',
    paperReference: 'FORNYELSE-2',
    informationGiven: 'Muntligt och skriftligt, med blanketten',
    language: 'sv',
    grants: [{ source: POLICE.agency, category: 'police.report', recipient: SOCIAL }],
  };
  const propose = (more: object) =>
    answered('proposeConsent', 'ProposeConsentInput', { idempotencyKey: `${groupId} renewal`, ...renewal, ...more });
  const { errors } = await propose({});
  expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', field: 'input.validFrom' }]);
  const thirdDay = inSweden(new Date(Date.now() + 3 * 86_400_000));
  // Both usual days are named, each with the instant to send.
  expect(errors[0]?.message).toContain(`the end of that version, ${inSweden(end)} (${end.toISOString()})`);
  expect(errors[0]?.message).toMatch(new RegExp(`the third day from today, ${thirdDay} \\(\\S+T2[23]:00:00.000Z\\)`));

  const from = end.toISOString();
  const transition = { presentUntil: from, readFrom: from, toAcknowledge: [{ code: POLICE.agency }] };
  const { receipt } = await propose({ validFrom: from });
  expect(receipt).toEqual({ id: expect.any(String), outcome: 'CREATED', transition });
  const consentId = receipt?.id ?? '';
  expect(await attention(COORDINATOR)).toEqual([{ status: 'DRAFT', transition }]);
  expect(await attention(POLICE)).toEqual([]);

  await life.sign(consentId, ['mother', 'father']);
  const youths = { consentId, capacity: 'YOUTH', toldAt: ago(0.01), method: 'PAPER' };
  const last = await answered('signConsent', 'SignConsentInput', youths);
  expect(last.receipt).toEqual({ id: expect.any(String), outcome: 'CREATED', transition });
  const outlook = [{ status: 'SIGNED', transition }];
  expect([await attention(COORDINATOR), await attention(POLICE)]).toEqual([outlook, outlook]);
  // What is read now goes on; nothing has been switched off.
  expect(await seen()).toEqual({
    coordinator: 'ACTIVE SIGNED/1 EFFECTIVE/1 p',
    police: 'ACTIVE SIGNED/1 EFFECTIVE/1 p',
  });
  await life.acknowledge(consentId, 'FORNYELSE-2', POLICE);
  expect([await attention(COORDINATOR), await attention(POLICE)]).toEqual([[], []]);
  expect(await say(POLICE, 'acknowledgeConsent', { consentId, paperReference: 'FORNYELSE-2' })).toEqual({
    id: consentId,
    outcome: 'UNCHANGED',
  });
}, 180_000);
