import { isDeepStrictEqual } from 'node:util';
import type { Sql } from '../../../chassis/sql.ts';
import { Outcome } from '../change/outcome.ts';
import { fault, type ProgrammeFile } from './programme-file.ts';

/** The result of storing a programme. */
export interface StoredProgramme {
  readonly id: string;
  readonly version: number;
  readonly outcome: Outcome;
}

const KNOWN = `
  SELECT p.id, p.version, jsonb_build_object('code', p.code, 'name', p.name, 'municipality', p.municipality, 'kind', p.kind,
    'ages', CASE WHEN p.age_from IS NOT NULL THEN jsonb_build_object('from', p.age_from, 'to', p.age_to) END,
    'cap', p.cap, 'lead', coalesce(lead.code, p.lead_sector), 'signers', p.signer_policy,
    'longestConsent', registry.iso_duration(p.longest_consent),
    'reviewInterval', registry.iso_duration(p.review_interval),
    'deputies', p.deputies_required, 'peculiarity', p.peculiarity, 'retentionYears', p.retention_years,
    'agencies', coalesce((
      SELECT jsonb_object_agg(a.code, pa.mandatory)
      FROM registry.programme_agency pa JOIN registry.agency a ON a.id = pa.agency WHERE pa.programme = p.id
    ), '{}')) AS rules,
    registry.iso_duration(:longest::interval) AS longest, registry.iso_duration(:review::interval) AS review
  FROM registry.programme p LEFT JOIN registry.agency lead ON lead.id = p.lead_agency
  WHERE p.code = :code ORDER BY p.version DESC LIMIT 1`;

const STORE = `
  WITH made AS (
    INSERT INTO registry.programme (code, version, name, municipality, kind, age_from, age_to, cap, lead_agency, lead_sector,
      signer_policy, longest_consent, review_interval, deputies_required, peculiarity, retention_years)
    SELECT f->>'code', :version::int, f->>'name', f->>'municipality', f->>'kind', (f->'ages'->>'from')::int,
      (f->'ages'->>'to')::int, (f->>'cap')::int, a.id, CASE WHEN a.id IS NULL THEN f->>'lead' END, f->>'signers',
      (f->>'longestConsent')::interval, (f->>'reviewInterval')::interval, (f->>'deputies')::boolean, f->>'peculiarity',
      (f->>'retentionYears')::smallint
    FROM (SELECT :file::jsonb AS f) file LEFT JOIN registry.agency a ON a.code = f->>'lead'
    RETURNING id
  ), taking_part AS (
    INSERT INTO registry.programme_agency (programme, agency, mandatory)
    SELECT made.id, a.id, x.mandatory
    FROM made, jsonb_to_recordset(:file::jsonb->'agencies') AS x (code text, mandatory boolean)
    JOIN registry.agency a ON a.code = x.code
  )
  SELECT id FROM made`;

/**
 * Stores a programme in the transaction of `sql`, as the registry's owner: a new one, or a new version of one whose rules have
 * changed. Registers agencies that the hub does not know. Throws a ProgrammeFault for unknown sectors.
 */
export async function storeProgramme(sql: Sql, programme: ProgrammeFile): Promise<StoredProgramme> {
  await demandSectors(sql, programme);
  await sql(
    `INSERT INTO registry.agency (code, name, sector)
      SELECT x.code, x.name, split_part(x.code, ':', 1)
      FROM jsonb_to_recordset(:agencies::jsonb) AS x (code text, name text)
      WHERE NOT EXISTS (SELECT FROM registry.agency known WHERE known.code = x.code)`,
    { agencies: JSON.stringify(programme.agencies) },
  );
  const [known] = await sql(KNOWN, {
    code: programme.code,
    longest: programme.longestConsent,
    review: programme.reviewInterval,
  });
  const version = Number(known?.version ?? 0);
  if (known !== undefined && isDeepStrictEqual(known.rules, rulesOf(programme, known))) {
    return { id: String(known.id), version, outcome: Outcome.UNCHANGED };
  }
  const [made] = await sql(STORE, { file: JSON.stringify(programme), version: version + 1 });
  return { id: String(made?.id), version: version + 1, outcome: version === 0 ? Outcome.CREATED : Outcome.CHANGED };
}

/** The programme in the database's form, with its writing of durations. */
function rulesOf({ agencies, ...rules }: ProgrammeFile, { longest, review }: Record<string, unknown>): object {
  return {
    ...rules,
    longestConsent: longest,
    reviewInterval: review,
    agencies: Object.fromEntries(agencies.map(({ code, mandatory }) => [code, mandatory])),
  };
}

async function demandSectors(sql: Sql, { lead, agencies }: ProgrammeFile): Promise<void> {
  const sectors = new Set((await sql('SELECT code FROM registry.sector')).map(({ code }) => code));
  const isKnown = (code: string) => sectors.has(code.split(':')[0]);
  const faults = agencies.flatMap(({ code }, index) =>
    isKnown(code) ? [] : [`agencies.${index}.code is of a sector that this hub does not have`],
  );
  if (!isKnown(lead)) faults.push('lead is of a sector that this hub does not have');
  if (faults.length > 0) throw fault(faults);
}
