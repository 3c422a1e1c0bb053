import type { Hub } from '../../hub/hub.ts';
import { DEMO_YOUTHS, type DemoYouthName, type PersonaName } from '../../schema/demo-world.ts';
import { type Answer, ask, askWith, sql } from '../setup/ask.ts';
import { type Said, saidBy } from './mutate.ts';

/** An id that nothing in the demo world has. */
export const NOBODY = '99999999-9999-4999-8999-999999999999';

export const idOf = (youth: DemoYouthName): string => DEMO_YOUTHS[youth].id;
export const consentOf = (youth: DemoYouthName): string => `20000000${idOf(youth).slice(8)}`;
export const motherOf = (youth: DemoYouthName): string => `30000000${idOf(youth).slice(8)}`;
export const fatherOf = (youth: DemoYouthName): string => `40000000${idOf(youth).slice(8)}`;

const INPUTS = {
  signConsent: 'SignConsentInput',
  waiveSignature: 'WaiveSignatureInput',
  acknowledgeConsent: 'AcknowledgeConsentInput',
  refuseConsent: 'StatementInput',
  withdrawConsent: 'StatementInput',
  endSeat: 'EndSeatInput',
  barCaller: 'BarCallerInput',
  liftBar: 'LiftBarInput',
} as const;

/** A mutation of the registry. */
export type Change = keyof typeof INPUTS;
export const CHANGES = Object.keys(INPUTS) as Change[];

const HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString();

/** What a guardian signs on paper. */
export const signature = (consentId: string, guardianId: string) => ({
  consentId,
  guardianId,
  capacity: 'GUARDIAN_WITH_CUSTODY',
  toldAt: HOUR_AGO,
  method: 'PAPER',
  evidenceHash: 'ab'.repeat(32),
});

/** What the youth says, or a guardian in `more`. */
export const statement = (consentId: string, more: object = {}) => ({
  consentId,
  toldAt: HOUR_AGO,
  channel: 'phone',
  ...more,
});

/** A ground that is long enough. */
export const GROUND = 'Has not been found for three months.';

/** Sends a change to the registry, and gives its answer whole. */
export function change(hub: Hub, persona: PersonaName, mutation: Change, input: object): Promise<Answer> {
  const query = `mutation ($input: ${INPUTS[mutation]}!) { ${mutation}(input: $input) { id outcome } }`;
  return ask(hub, persona, query, { input });
}

/** What a change to the registry did, or why not. */
export async function said(hub: Hub, persona: PersonaName, mutation: Change, input: object): Promise<Said> {
  return saidBy(await change(hub, persona, mutation, input));
}

/** One category of each sector, as DESIGN's demo world grants them. */
export const FOUR = ['leisure.activity', 'police.suspicion', 'school.attendance', 'social-services.identity'];
const FOUR_FIELDS =
  'query ($id: ID!) { youth(id: $id) { identity { id } suspicions { id } attendance { id } activities { id } } }';

/** Which of the four categories are denied to somebody, by persona or token, and the reasons that the log has. */
export async function denied(
  hub: Hub,
  who: PersonaName | { readonly token: string },
  youth: DemoYouthName,
): Promise<Readonly<Record<string, string>>> {
  const variables = { id: idOf(youth) };
  const { errors, requestId } = await (typeof who === 'string'
    ? ask(hub, who, FOUR_FIELDS, variables)
    : askWith(hub, who.token, FOUR_FIELDS, variables));
  const reasons = await sql<{ category: string; reasons: string }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT c.code AS category, string_agg(DISTINCT e.reason::text, ' ' ORDER BY e.reason::text) AS reasons
     FROM registry.entry e JOIN registry.category c ON c.id = e.category WHERE e.request_id = $1 GROUP BY c.code`,
    [requestId],
  );
  const codes = errors.map(({ extensions }) => String(extensions?.category)).sort();
  return Object.fromEntries(
    codes.map((code) => [code, reasons.find(({ category }) => category === code)?.reasons ?? 'not logged']),
  );
}

/** A grant as a member sees it. */
export interface SeenGrant {
  readonly id: string;
  readonly status: string;
  readonly source: { readonly code: string };
  readonly recipient: { readonly code: string };
  readonly category: { readonly code: string };
}

/** A version of a consent as a member sees it. */
export interface SeenConsent {
  readonly status: string;
  readonly grants: readonly SeenGrant[];
}

/** The latest version of a youth's consent as a member sees it; undefined when there is none. Throws for others. */
export async function consentSeen(
  hub: Hub,
  persona: PersonaName,
  youth: DemoYouthName,
): Promise<SeenConsent | undefined> {
  const query = `query ($id: ID!) { youth(id: $id) { consents {
    status grants { id status source { code } recipient { code } category { code } } } } }`;
  const { data, errors } = await ask(hub, persona, query, { id: idOf(youth) });
  if (errors.length > 0) throw new Error(`${persona} asked for the consents of ${youth}: ${JSON.stringify(errors)}`);
  const { consents } = (data?.youth ?? {}) as { consents?: SeenConsent[] | null };
  return consents?.[0];
}

/** The grant of a category to an agency, as the coordinator sees it. */
export async function grantSeen(
  hub: Hub,
  youth: DemoYouthName,
  category: string,
  recipient: string,
): Promise<SeenGrant> {
  const grants = (await consentSeen(hub, 'social-coordinator', youth))?.grants ?? [];
  const grant = grants.find((each) => each.category.code === category && each.recipient.code === recipient);
  if (grant === undefined) throw new Error(`${youth} has no grant of ${category} to ${recipient}.`);
  return grant;
}

/** The seat that somebody holds in a youth's group. */
export async function seatOf(hub: Hub, youth: DemoYouthName, holder: string): Promise<string> {
  const [seat] = await sql<{ id: string }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT s.id FROM registry.seat s JOIN registry.intervention_group g ON g.id = s.group_id
     WHERE g.youth = $1 AND s.holder = $2`,
    [idOf(youth), holder],
  );
  if (seat === undefined) throw new Error(`${holder} holds no seat for ${youth}.`);
  return seat.id;
}
