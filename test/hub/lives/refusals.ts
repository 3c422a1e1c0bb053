import { expect, test } from '@jest/globals';
import { testIdentityNumber } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { demoGroupId } from '../../../subgraphs/registry/seed.ts';
import { askAs, type Claims, keyed, refused } from '../mutate.ts';
import { ago, by, registry, say, sharedPlace } from './place.ts';

const COORDINATOR = by('p-1001', 'social-services:skovde', 'COORDINATOR');
const DRAFT = {
  groupId: demoGroupId('everything'),
  validUntil: new Date(Date.now() + 90 * 86_400_000).toISOString(),
  purpose: 'Stöd',
  paperReference: 'SAMTYCKE-X',
  informationGiven: 'Muntligt',
  language: 'sv',
  // A version is in force.
  validFrom: ago(0),
};
const GRANT = { source: 'school:skovde', recipient: 'police:nationell', category: 'school.attendance' };

test('a consent that the group cannot have is refused with its field, and nothing is written', async () => {
  const written = () =>
    registry(
      `SELECT c.version, count(g) FROM registry.consent c LEFT JOIN registry.consent_grant g ON g.consent = c.id
        WHERE c.group_id = $1 GROUP BY c.version ORDER BY c.version`,
      [DRAFT.groupId],
    );
  const before = await written();
  const wrong: [object, string][] = [
    [{ grants: [] }, 'grants'],
    [{ grants: [{ ...GRANT, source: 'school:nowhere' }] }, 'grants.0.source'],
    [{ grants: [{ ...GRANT, source: 'hub:samsyn' }] }, 'grants.0.source'],
    [{ grants: [GRANT, { ...GRANT, recipient: 'leisure:orebro' }] }, 'grants.1.recipient'],
    [{ grants: [{ ...GRANT, recipient: 'school:skovde' }] }, 'grants.0.recipient'],
    [{ grants: [{ ...GRANT, category: 'police.suspicion' }] }, 'grants.0.category'],
    [{ grants: [{ ...GRANT, category: 'school.nothing' }] }, 'grants.0.category'],
    [
      { grants: [{ ...GRANT, source: 'social-services:skovde', category: 'social-services.guardians' }] },
      'grants.0.category',
    ],
    [{ grants: [GRANT, GRANT] }, 'grants.1.category'],
    [{ grants: [{ ...GRANT, dataFrom: '2026-02-01', dataTo: '2026-02-01' }] }, 'grants.0.dataTo'],
    [{ grants: [{ ...GRANT, category: 'school.health', dataFrom: '2026-02-01' }] }, 'grants.0.dataFrom'],
    [{ validUntil: ago(1) }, 'validUntil'],
    [{ validUntil: new Date(Date.now() + 200 * 86_400_000).toISOString() }, 'validUntil'],
    [{ purpose: `Om ${testIdentityNumber('2010-03-14')}` }, 'purpose'],
    [{ maturity: { assessedAt: ago(-1), assessedBy: 'p-1001', reason: 'Väl insatt i saken' } }, 'maturity.assessedAt'],
  ];
  const said = await Promise.all(
    wrong.map(([fault]) => say(COORDINATOR, 'proposeConsent', { ...DRAFT, grants: [GRANT], ...fault })),
  );
  expect(said).toEqual(wrong.map(([, field]) => refused('BAD_USER_INPUT', `input.${field}`)));
  expect(await written()).toEqual(before);
});

test('who may not is told the same bytes whether the thing exists or not', async () => {
  const outsider: Claims = { sub: 'p-3909', agency: 'school:orebro', roles: ['COORDINATOR', 'MANAGER'] };
  const nothing = '99999999-9999-4999-8999-999999999999';
  const [seat] = await registry<{ id: string }>('SELECT id FROM registry.seat WHERE group_id = $1 LIMIT 1', [
    DRAFT.groupId,
  ]);
  const [youth] = await registry<{ youth: string }>('SELECT youth FROM registry.intervention_group WHERE id = $1', [
    DRAFT.groupId,
  ]);
  const about = { group: DRAFT.groupId, seat: seat?.id, youth: youth?.youth };
  const attempts: [string, 'group' | 'seat' | 'youth', object][] = [
    ['recordCustody', 'youth', { change: 'STARTS', at: ago(1) }],
    ['recordProtection', 'youth', { protection: 'NONE' }],
    ['recordBirthDate', 'youth', { birthDate: '2010-01-01' }],
    ['proposeGroup', 'youth', { programmeCode: 'national-sig' }],
    ['addSeat', 'group', { agency: 'school:orebro', role: 'CASEWORKER' }],
    ['openGroup', 'group', {}],
    ['closeGroup', 'group', { reason: 'OTHER' }],
    ['proposeConsent', 'group', { ...DRAFT, groupId: undefined, grants: [GRANT] }],
    ['fillSeat', 'seat', { holder: 'p-1' }],
    ['handOverSeat', 'seat', { handedOver: true }],
  ];
  const ask = async (mutation: string, input: object) => {
    const type = mutation.charAt(0).toUpperCase() + mutation.slice(1);
    const query = `mutation ($input: ${type}Input!) { ${mutation}(input: $input) { id outcome } }`;
    return (await askAs(await sharedPlace(), outsider, query, { input: keyed(mutation, input) })).text.trim();
  };
  const answers = await Promise.all(
    attempts.flatMap(([mutation, kind, rest]) =>
      [about[kind], nothing].map((id) => ask(mutation, { ...rest, [`${kind}Id`]: id })),
    ),
  );
  const forbidden = (mutation: string) =>
    JSON.stringify({
      errors: [{ message: CONSTANT_MESSAGES.FORBIDDEN, path: [mutation], extensions: { code: 'FORBIDDEN' } }],
      data: { [mutation]: null },
    });
  expect(answers).toEqual(attempts.flatMap(([mutation]) => [forbidden(mutation), forbidden(mutation)]));
  expect(await say(outsider, 'registerYouth', {})).toEqual(refused('FORBIDDEN'));
});

test('the coordinator reads the guardians’ random ids, and nobody else does', async () => {
  const custody = async (who: Claims) => {
    const query = 'query ($id: ID!) { group(id: $id) { custody { guardianId endsAt } } }';
    const { data, errors } = await askAs(await sharedPlace(), who, query, { id: DRAFT.groupId });
    const { custody: seen = null } = (data?.group ?? {}) as { custody?: unknown[] | null };
    return seen?.length ?? errors.map(({ extensions }) => extensions?.code);
  };
  expect(await Promise.all([COORDINATOR, by('p-2001', 'police:nationell', 'CASEWORKER')].map(custody))).toEqual([
    2,
    ['FORBIDDEN'],
  ]);
});
