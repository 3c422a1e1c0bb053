import type { EntityManager } from '@mikro-orm/postgresql';
import { HubError } from '../../../schema/errors.ts';

/** A grant as it is proposed, with the codes of agencies and category. */
export interface ProposedGrant {
  readonly source: string;
  readonly recipient: string;
  readonly category: string;
  readonly dataFrom?: string | null;
  readonly dataTo?: string | null;
}

/** A grant as it is stored. */
export interface CheckedGrant {
  readonly source: number;
  readonly recipient: number;
  readonly category: number;
  readonly dataFrom: string | null;
  readonly dataTo: string | null;
}

interface FoundGrant extends CheckedGrant {
  readonly sourceSeated: boolean;
  readonly recipientSeated: boolean;
  readonly isSourcesOwn: boolean;
  readonly grantable: boolean;
  readonly isDated: boolean;
}

const FIND = `
  SELECT source.id AS source, recipient.id AS recipient, k.id AS category,
    x."dataFrom"::text AS "dataFrom", x."dataTo"::text AS "dataTo",
    EXISTS (SELECT FROM registry.seat_held s WHERE s.group_id = asked.id AND s.agency = source.id) AS "sourceSeated",
    EXISTS (SELECT FROM registry.seat_held s WHERE s.group_id = asked.id AND s.agency = recipient.id) AS "recipientSeated",
    coalesce(k.sector = source.sector, false) AS "isSourcesOwn", coalesce(k.grantable, false) AS grantable,
    k.date IS NOT NULL AS "isDated"
  FROM (SELECT ?::uuid AS id) asked, jsonb_to_recordset(?::jsonb)
    AS x (n int, source text, recipient text, category text, "dataFrom" date, "dataTo" date)
  LEFT JOIN registry.agency source ON source.code = x.source
  LEFT JOIN registry.agency recipient ON recipient.code = x.recipient
  LEFT JOIN registry.category k ON k.code = x.category
  ORDER BY x.n`;

/** The faults that a grant can have: field, message and test. */
const FAULTS: readonly (readonly [keyof ProposedGrant, string, (grant: FoundGrant) => boolean])[] = [
  [
    'source',
    'source must be the code of an agency with a seat in the group. Invite the agency first.',
    (g) => !g.sourceSeated,
  ],
  [
    'recipient',
    'recipient must be the code of an agency with a seat in the group. Invite the agency first.',
    (g) => !g.recipientSeated,
  ],
  [
    'recipient',
    'recipient must be another agency than source. Correct one of the two.',
    (g) => g.source === g.recipient,
  ],
  [
    'category',
    'category must be the code of a kind of information of the source’s sector. Send one that informationCategories lists.',
    (g) => !g.isSourcesOwn,
  ],
  [
    'category',
    'category must be a kind of information that can be granted. informationCategories lists which can.',
    (g) => !g.grantable,
  ],
  [
    'dataFrom',
    'dataFrom does not apply: this kind of information has no date. Leave it out.',
    (g) => !g.isDated && g.dataFrom !== null,
  ],
  [
    'dataTo',
    'dataTo does not apply: this kind of information has no date. Leave it out.',
    (g) => !g.isDated && g.dataTo !== null,
  ],
  [
    'dataTo',
    'dataTo must be a later day than dataFrom. Correct one of the two.',
    (g) => g.dataFrom !== null && g.dataTo !== null && g.dataTo <= g.dataFrom,
  ],
];

/** The grants as they are stored; BAD_USER_INPUT with the path of the first grant that the group cannot have. */
export async function checkedGrants(
  em: EntityManager,
  groupId: string | null,
  grants: readonly ProposedGrant[],
): Promise<CheckedGrant[]> {
  const asked = grants.map((grant, n) => ({ ...grant, n }));
  const found = await em.execute<FoundGrant[]>(FIND, [groupId, JSON.stringify(asked)]);
  const seen = new Set<string>();
  return found.map((grant, n) => {
    const fault = FAULTS.find(([, , isWrong]) => isWrong(grant));
    if (fault !== undefined) throw faultAt(n, fault[0], fault[1]);
    const { source, recipient, category, dataFrom, dataTo } = grant;
    const triple = [source, recipient, category].join();
    if (seen.has(triple)) {
      throw faultAt(
        n,
        'category',
        'A consent must grant a category from a source to a recipient only once. Join the two grants.',
      );
    }
    seen.add(triple);
    return { source, recipient, category, dataFrom, dataTo };
  });
}

function faultAt(n: number, field: string, message: string): HubError {
  return new HubError('BAD_USER_INPUT', message, { field: `input.grants.${n}.${field}` });
}

/** The term of a consent, and the time of the assessment. */
export interface ProposedTerm {
  readonly validFrom: Date | null;
  readonly validUntil: Date;
  readonly maturityAssessedAt: Date | null;
}

const TERM = `
  SELECT g.opened_at IS NOT NULL AS "isOpen", term.from AS "validFrom",
    asked.until > greatest(term.from, registry.clock()) AS "isAhead",
    -- Months and years follow the calendar in Sweden.
    asked.until <= (term.from AT TIME ZONE 'Europe/Stockholm' + p.longest_consent) AT TIME ZONE 'Europe/Stockholm'
      AS "isWithin",
    coalesce(asked.assessed > registry.clock(), false) AS "isAssessedAhead"
  FROM registry.intervention_group g JOIN registry.programme p ON p.id = g.programme,
    (SELECT ?::timestamptz AS "from", ?::timestamptz AS until, ?::timestamptz AS assessed) asked
    CROSS JOIN LATERAL (SELECT coalesce(asked.from, registry.clock()) AS "from") term
  WHERE g.id = ?`;

/** The days on which a renewal usually begins, as the error names them. */
interface UsualStarts {
  readonly oldEnd: Date;
  readonly oldEndDay: string;
  readonly thirdDay: Date;
  readonly thirdDayDay: string;
}

const USUAL_STARTS = `
  SELECT usual."oldEnd", to_char(usual."oldEnd" AT TIME ZONE 'Europe/Stockholm', 'YYYY-MM-DD') AS "oldEndDay",
    usual."thirdDay", to_char(usual."thirdDay" AT TIME ZONE 'Europe/Stockholm', 'YYYY-MM-DD') AS "thirdDayDay"
  FROM (
    SELECT max(least(v.effective_until, v.superseded_at)) AS "oldEnd",
      (date_trunc('day', registry.clock() AT TIME ZONE 'Europe/Stockholm') + interval '3 days')
        AT TIME ZONE 'Europe/Stockholm' AS "thirdDay"
    FROM registry.consent_standing v WHERE v.group_id = ? AND v.fully_signed_at IS NOT NULL AND NOT v.final
  ) usual WHERE usual."oldEnd" IS NOT NULL`;

/**
 * Throws BAD_USER_INPUT if the group has a fully signed version that lasts, even while it is suspended: a renewal without a stated
 * start would replace it at the last signature, and nothing would be read until all sources have acknowledged.
 */
async function demandNothingToReplace(em: EntityManager, groupId: string | null): Promise<void> {
  const [usual] = await em.execute<UsualStarts[]>(USUAL_STARTS, [groupId]);
  if (usual === undefined) return;
  const day = (written: string, at: Date) => `${written} (${new Date(at).toISOString()})`;
  throw new HubError(
    'BAD_USER_INPUT',
    `validFrom is needed while a fully signed version of the consent lasts: the new version replaces it from then on, and is read where its source has acknowledged it by then. Send the end of that version, ${day(usual.oldEndDay, usual.oldEnd)}, the third day from today, ${day(usual.thirdDayDay, usual.thirdDay)}, or another time.`,
    { field: 'input.validFrom' },
  );
}

/** The start of the consent; CONFLICT or BAD_USER_INPUT if the group or its programme does not allow the term. */
export async function checkedStart(em: EntityManager, groupId: string | null, term: ProposedTerm): Promise<Date> {
  const [found] = await em.execute<
    { isOpen: boolean; validFrom: Date; isAhead: boolean; isWithin: boolean; isAssessedAhead: boolean }[]
  >(TERM, [
    term.validFrom?.toISOString() ?? null,
    term.validUntil.toISOString(),
    term.maturityAssessedAt?.toISOString() ?? null,
    groupId,
  ]);
  if (found?.isOpen !== true) {
    throw new HubError('CONFLICT', 'The group is not open yet. Open it, then propose its consent.');
  }
  if (term.validFrom === null) await demandNothingToReplace(em, groupId);
  if (!found.isAhead) throw untilFault('validUntil must be in the future, and after validFrom. Choose a later end.');
  if (!found.isWithin)
    throw untilFault(
      'validUntil must not be later than the programme’s longest time after validFrom. Choose an earlier end.',
    );
  if (found.isAssessedAhead) {
    throw new HubError('BAD_USER_INPUT', 'assessedAt must not be in the future. Send the time of the assessment.', {
      field: 'input.maturity.assessedAt',
    });
  }
  return new Date(found.validFrom);
}

function untilFault(message: string): HubError {
  return new HubError('BAD_USER_INPUT', message, { field: 'input.validUntil' });
}
