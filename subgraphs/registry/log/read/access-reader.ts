import type { HubContext } from '../../../../chassis/decide/context.ts';
import { statement } from '../../../../chassis/statement.ts';
import { HubError } from '../../../../schema/errors.ts';
import { isMixedAuditor } from '../../entry/auditor.ts';
import { type Asker, appendSql, asker, logged } from '../../entry/log.ts';
import type { AccessLogFilter } from './access-log.ts';

const HUB = 'hub:samsyn';
const YEAR_MS = 366 * 24 * 60 * 60 * 1000;

/** Who reads the log, how much of it, and what the reader's filter names, as the database numbers it. */
export interface LogReader {
  /** Under which names the reader is in the log. */
  readonly names: readonly string[];
  /** The agency that an entry must concern; null for the hub's auditors. */
  readonly scope: number | null;
  /** True for an auditor who is no manager. */
  readonly audits: boolean;
  /** The ids that a filter names; -1, which nothing has, for what the hub does not know. */
  readonly source: number | null;
  readonly recipient: number | null;
  readonly category: number | null;
  /** The youth of the group and of the consent that the filter names; null without, or when there are none. */
  readonly groupYouth: string | null;
  readonly consentYouth: string | null;
}

/** The parts of a filter that are about somebody or something. */
type About = Pick<AccessLogFilter, 'youthId' | 'groupId' | 'consentId' | 'source' | 'recipient' | 'category'>;

/**
 * A read of the log is itself an entry, with what was asked about, durable before anything of it is read. It names the youth
 * of a group or consent that was asked about.
 */
const NOTE = statement<
  Asker & {
    readonly permitted: boolean;
    readonly youthId: string | null;
    readonly groupId: string | null;
    readonly consentId: string | null;
    readonly source: string | null;
    readonly recipient: string | null;
    readonly category: string | null;
    readonly query: string;
    readonly how: string | null;
    readonly scope: string | null;
  }
>(
  'note access log',
  `
  WITH concerned AS (
    SELECT (SELECT youth FROM registry.intervention_group WHERE id = :groupId::uuid) AS group_youth,
      (SELECT g.youth FROM registry.consent c JOIN registry.intervention_group g ON g.id = c.group_id WHERE c.id = :consentId::uuid)
        AS consent_youth,
      (SELECT id FROM registry.agency WHERE code = :source::text) AS source
  ), written AS (
    ${appendSql(
      'READ',
      ':permitted::boolean',
      {
        name: ':query::text',
        youth: 'coalesce(:youthId::uuid, group_youth, consent_youth)',
        group_id: ':groupId::uuid',
        consent: ':consentId::uuid',
        source: 'source',
        fields: ':how::text',
      },
      'FROM concerned',
    )}
  )
  SELECT group_youth AS "groupYouth", consent_youth AS "consentYouth",
    CASE WHEN :source::text IS NOT NULL THEN coalesce(source, -1) END AS source,
    CASE WHEN :recipient::text IS NOT NULL THEN coalesce((SELECT id FROM registry.agency WHERE code = :recipient), -1) END AS recipient,
    CASE WHEN :category::text IS NOT NULL THEN coalesce((SELECT id FROM registry.category WHERE code = :category), -1) END::int AS category,
    CASE WHEN :scope::text IS NOT NULL THEN coalesce((SELECT id FROM registry.agency WHERE code = :scope), -1) END AS scope
  FROM concerned`,
);

/**
 * Notes that the caller reads the log by the query `name`, and returns how much of it the caller may read: the hub's auditors
 * all, an agency's auditors and managers what the agency is source or recipient of. FORBIDDEN for an auditor with another
 * role (C1). `how` is what more the entry records of the read; it carries nothing personal and no comma.
 */
export async function readLog(
  name: string,
  about: About,
  context: HubContext,
  how: readonly string[] = [],
): Promise<LogReader> {
  const permitted = !isMixedAuditor(context);
  const note = NOTE({
    ...asker(context),
    permitted,
    youthId: about.youthId ?? null,
    groupId: about.groupId ?? null,
    consentId: about.consentId ?? null,
    source: about.source ?? null,
    recipient: about.recipient ?? null,
    category: about.category ?? null,
    query: name,
    how: how.length === 0 ? null : how.join(','),
    scope: scopeOf(context),
  });
  const [row] = await logged<Omit<LogReader, 'names' | 'audits'>>(note, context);
  if (!permitted || row === undefined) throw HubError.constant('FORBIDDEN');
  return { ...row, names: namesOf(context), audits: context.caller.roles.includes('AUDITOR') };
}

/** Under which names the caller is in the log. */
export function namesOf({ caller }: HubContext): string[] {
  return caller.actor === null ? [caller.subject] : [caller.subject, caller.actor];
}

/** The code of the agency that an entry must concern, or null for the hub's auditors. */
export function scopeOf({ caller }: HubContext): string | null {
  return caller.agency === HUB && caller.roles.includes('AUDITOR') ? null : caller.agency;
}

/** BAD_USER_INPUT unless the interval is one, and not longer than `longestMs`. */
export function demandInterval(
  { from, to }: Pick<AccessLogFilter, 'from' | 'to'>,
  field: string,
  longestMs: number = YEAR_MS,
): void {
  const length = to.getTime() - from.getTime();
  if (length > 0 && length <= longestMs) return;
  const longest = longestMs === YEAR_MS ? 'a year' : `${longestMs / 86_400_000} days`;
  throw new HubError('BAD_USER_INPUT', `from is before to, and ${longest} before it at most. Ask in parts.`, { field });
}
