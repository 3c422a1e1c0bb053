import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import { ROLES, type Role } from '../../schema/caller.ts';
import { HubError } from '../../schema/errors.ts';
import type { HubContext } from '../context.ts';
import { AccessLogEntry, AccessLogFilter, Decision } from './access-log.ts';
import { agencySql } from './agency.ts';
import { isToldSql } from './ending.ts';
import { appendSql, asker, logged } from './log.ts';
import { type Connection, connectionType, idAfter, pageOf, rowsFor } from './page.ts';

const READERS = '@restricted(roles: [AUDITOR, MANAGER])';
const AccessLogConnection = connectionType<AccessLogEntry>('AccessLogEntry', () => AccessLogEntry, READERS);

const HUB = 'hub:samsyn';
const YEAR_MS = 366 * 24 * 60 * 60 * 1000;

/** Reading the log is itself an entry, durable before anything of it is read. */
const NOTE = appendSql(
  'READ',
  '$8::boolean',
  {
    name: "'accessLog'",
    youth: '$9::uuid',
    group_id: '$10::uuid',
    consent: '$11::uuid',
    source: '(SELECT id FROM registry.agency WHERE code = $12::text)',
  },
  '',
);

/**
 * The reason of a denial is never told to whoever was denied, nor what it rests on, by showing it or by finding it
 * (DESIGN section 5, C11).
 */
const ENTRIES = `
  SELECT e.id, e.at, e.kind, CASE WHEN e.permitted THEN 'PERMIT' ELSE 'DENY' END AS decision, e.caller, e.actor,
    CASE WHEN NOT reader.own THEN e.reason END AS reason, CASE WHEN NOT reader.own THEN e.protected END AS protected,
    CASE WHEN a.id IS NOT NULL THEN ${agencySql('a')} END AS agency, e.roles AS mask, e.youth AS "youthId",
    CASE WHEN s.id IS NOT NULL AND NOT reader_was.denied THEN ${agencySql('s')} END AS source, k.code AS category, e.whereabouts,
    string_to_array(e.fields, ',') AS fields, e.assigned,
    basis.group_id AS "groupId", basis.programme AS "programmeId", basis.consent AS "consentId",
    basis.consent_version AS "consentVersion", basis.consent_grant AS "grantId", e.name,
    CASE WHEN e.kind = 'DECISION' AND e.permitted AND e.action = 1 THEN coalesce(nullif(became.kind, 'LATE'), 'POSSIBLE') END
      AS disclosure, e.why, e.elapsed_ms AS "elapsedMs",
    e.thing AS "thingId", e.operation_hash AS "operationHash", e.operation_name AS "operationName",
    e.request_id AS "requestId"
  FROM registry.entry e
  LEFT JOIN registry.agency a ON a.id = e.agency
  LEFT JOIN registry.agency s ON s.id = e.source
  LEFT JOIN registry.category k ON k.id = e.category
  LEFT JOIN registry.entry became ON became.answer = e.answer AND became.elapsed_ms IS NOT NULL AND became.name = k.sector
  CROSS JOIN LATERAL (SELECT coalesce($15::text[] && ARRAY[e.caller, e.actor], false) AS own) reader
  CROSS JOIN LATERAL (SELECT reader.own AND NOT e.permitted AS denied) reader_was
  LEFT JOIN LATERAL (
    SELECT e.group_id, e.programme, e.consent, e.consent_version, e.consent_grant
  ) basis ON NOT reader_was.denied
  WHERE e.at >= $1 AND e.at < $2 AND ${isToldSql('e.at')}
    AND ($3::uuid IS NULL OR e.youth = $3)
    AND ($4::text IS NULL OR e.caller = $4 OR e.actor = $4)
    AND ($5::text IS NULL OR s.code = $5 AND NOT reader_was.denied)
    AND ($6::text IS NULL OR a.code = $6)
    AND ($7::text IS NULL OR k.code = $7)
    AND ($8::boolean IS NULL OR e.permitted = $8)
    AND ($9::registry.reason IS NULL OR e.reason = $9 AND NOT reader.own)
    AND ($10::uuid IS NULL OR e.group_id = $10 AND NOT reader_was.denied)
    AND ($11::uuid IS NULL OR e.consent = $11 AND NOT reader_was.denied)
    AND ($12::text IS NULL OR a.code = $12 OR s.code = $12)
    AND ($13::uuid IS NULL OR e.id < $13)
  ORDER BY e.id DESC
  LIMIT $14`;

/** `accessLog`: the hub's auditors read all; an agency's auditors and managers, what the agency is source or recipient of. */
@Resolver()
export class AccessLogResolver {
  @Directive(READERS)
  @Query(() => AccessLogConnection, {
    nullable: true,
    description:
      'Entries of the access log, latest first. For auditors of the hub, all; for auditors and managers of an agency, those in which it is source or recipient. An entry shows some ten seconds after it was written: before that it could tell of an end that is not in force yet. Of your own denials the log does not tell you why. Reading the log is itself an entry.',
  })
  async accessLog(
    @Arg('filter', () => AccessLogFilter, { description: 'Which entries.' }) filter: AccessLogFilter,
    @Arg('first', () => Int, { defaultValue: 50, description: 'How many, from 1 to 200.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the page before.' }) after:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<AccessLogEntry>> {
    demandInterval(filter);
    const page = [idAfter(after ?? null), rowsFor(first)];
    // C1: an auditor has no other role.
    const permitted = !context.hasRole(['AUDITOR']) || context.caller.roles.length === 1;
    await note(permitted, filter, context);
    if (!permitted) throw HubError.constant('FORBIDDEN');
    const { rows } = await context.sector.pool.query<AccessLogEntry & { mask: number }>({
      name: 'access log',
      text: ENTRIES,
      values: [...filterValues(filter), scopeOf(context), ...page, namesOf(context)],
    });
    return pageOf(
      rows.map(({ mask, ...entry }) => ({ ...entry, roles: rolesIn(mask) })),
      first,
    );
  }
}

async function note(permitted: boolean, filter: AccessLogFilter, context: HubContext): Promise<void> {
  const { youthId, groupId, consentId, source } = filter;
  const about = [youthId ?? null, groupId ?? null, consentId ?? null, source ?? null];
  await logged({ name: 'note access log', text: NOTE, values: [...asker(context), permitted, ...about] }, context);
}

/** Under which names the reader is in the log. */
function namesOf({ caller }: HubContext): string[] {
  return caller.actor === null ? [caller.subject] : [caller.subject, caller.actor];
}

/** The agency that an entry must concern, or null for the hub's auditors. */
function scopeOf({ caller }: HubContext): string | null {
  return caller.agency === HUB && caller.roles.includes('AUDITOR') ? null : caller.agency;
}

function demandInterval({ from, to }: AccessLogFilter): void {
  const length = to.getTime() - from.getTime();
  if (length > 0 && length <= YEAR_MS) return;
  throw new HubError('BAD_USER_INPUT', 'from is before to, and a year before it at most. Ask year by year.', {
    field: 'filter.from',
  });
}

function filterValues(filter: AccessLogFilter): unknown[] {
  const { from, to, youthId, caller, source, recipient, category, decision, reason, groupId, consentId } = filter;
  const permitted = decision == null ? null : decision === Decision.PERMIT;
  const rest = [youthId, caller, source, recipient, category, permitted, reason, groupId, consentId];
  return [from, to, ...rest.map((value) => value ?? null)];
}

function rolesIn(mask: number): Role[] {
  return ROLES.filter((_, index) => (mask & (1 << index)) !== 0);
}
