import { createHash } from 'node:crypto';
import pg from 'pg';
import { type Fact, type FactOf, type Policy, sectorOf } from './world.ts';

/** The registry's own ids of one replay: every symbol of a history, such as `y0`, stands for a uuid of that replay alone. */
export class Names {
  readonly #prefix: string;
  readonly subjectPrefix: string;

  constructor(replay: number) {
    this.#prefix = `${replay.toString(16).padStart(8, '0')}-0000-4000-8000-`;
    this.subjectPrefix = `h${replay}-`;
  }

  /** The uuid of a symbol; symbols of one letter sort as their uuids do. */
  id(symbol: string): string {
    const number = Number(symbol.slice(1));
    return `${this.#prefix}${symbol.charCodeAt(0).toString(16)}${number.toString(16).padStart(10, '0')}`;
  }

  /** The symbol of a uuid; a uuid of another replay stays what it is. */
  symbol(id: string): string {
    if (!id.startsWith(this.#prefix)) return id;
    const rest = id.slice(this.#prefix.length);
    return `${String.fromCharCode(Number.parseInt(rest.slice(0, 2), 16))}${Number.parseInt(rest.slice(2), 16)}`;
  }

  /** The id of one question of the replay. */
  request(t: number, sector: string, question: number): string {
    const digest = createHash('sha256').update(`${this.#prefix}${t} ${sector} ${question}`).digest('hex');
    return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  /** The subject of a token: bars on all youths must not reach other replays. */
  subject(person: string): string {
    return `${this.subjectPrefix}${person}`;
  }
}

/** The statement that records a fact in the registry's tables, the clock standing at its recording. */
export function statementOf(fact: Fact, names: Names): string {
  return `SET test.now = ${instant(fact.recordedAt)}; ${recording(fact, names)};`;
}

/** An instant as a literal, exact to the millisecond. */
export function instant(t: number): string {
  return text(new Date(t).toISOString());
}

function optional(t: number | null): string {
  return t === null ? 'NULL' : instant(t);
}

function recording(fact: Fact, names: Names): string {
  const id = (symbol: string) => text(names.id(symbol));
  const now = instant(fact.recordedAt);
  switch (fact.is) {
    case 'BORN':
      return `INSERT INTO registry.youth (id, lead_agency, birth_date)
        VALUES (${id(fact.youth)}, ${agency('social-services:north')}, ${text(fact.born)})
        ON CONFLICT (id) DO UPDATE SET birth_date = excluded.birth_date`;
    case 'CUSTODY':
      return insert('custody', {
        youth: id(fact.youth),
        guardian: id(fact.guardian),
        starts_at: instant(fact.from),
        ends_at: optional(fact.until),
      });
    case 'CUSTODY_STARTED':
      return `UPDATE registry.custody SET starts_at = ${instant(fact.at)}
        WHERE youth = ${id(fact.youth)} AND guardian = ${id(fact.guardian)} AND ends_at IS NULL`;
    case 'CUSTODY_ENDS':
      return `UPDATE registry.custody SET ends_at = ${instant(fact.at)} WHERE youth = ${id(fact.youth)}
        AND guardian = ${id(fact.guardian)} AND starts_at < ${instant(fact.at)} AND (ends_at > ${now}) IS NOT FALSE`;
    case 'PROTECTION':
      return `UPDATE registry.youth SET protection = ${text(fact.level)} WHERE id = ${id(fact.youth)}`;
    case 'GROUP':
      return insert('intervention_group', {
        id: id(fact.group),
        youth: id(fact.youth),
        programme: `(SELECT id FROM registry.programme WHERE code = ${text(fact.policy)})`,
        lead_agency: agency(fact.lead),
      });
    case 'OPENED':
      return `UPDATE registry.intervention_group SET opened_at = ${now} WHERE id = ${id(fact.group)}`;
    case 'ENDED':
      return `UPDATE registry.intervention_group SET ended_at = ${now}, end_reason = 'OTHER' WHERE id = ${id(fact.group)}`;
    case 'BARRED':
    case 'UNBARRED':
      return barring(fact, names, now);
    case 'SEAT':
    case 'FILLED':
    case 'HANDED_OVER':
    case 'HANDED_BACK':
    case 'SEAT_ENDED':
      return seating(fact, names);
    default:
      return consenting(fact, names, now);
  }
}

function barring(fact: FactOf<'BARRED' | 'UNBARRED'>, names: Names, now: string): string {
  const youth = fact.youth === null ? 'NULL' : text(names.id(fact.youth));
  const bar = { agency: agency(fact.agency), subject: text(names.subject(fact.subject)), youth };
  if (fact.is === 'BARRED') return insert('bar', { ...bar, ground: `'model'`, recorded_by: `'model'` });
  return `UPDATE registry.bar SET lifted_at = ${now} WHERE agency = ${bar.agency} AND subject = ${bar.subject}
    AND youth IS NOT DISTINCT FROM ${youth} AND lifted_at IS NULL`;
}

function seating(fact: FactOf<'SEAT' | 'FILLED' | 'HANDED_OVER' | 'HANDED_BACK' | 'SEAT_ENDED'>, names: Names): string {
  const person = (subject: string | null) => text(subject === null ? null : names.subject(subject));
  const of = `WHERE id = ${text(names.id(fact.seat))}`;
  switch (fact.is) {
    case 'SEAT':
      return insert('seat', {
        id: text(names.id(fact.seat)),
        group_id: text(names.id(fact.group)),
        agency: agency(fact.agency),
        role: text(fact.role),
        holder: person(fact.holder),
        deputy: person(fact.deputy),
      });
    case 'FILLED':
      return `UPDATE registry.seat SET holder = ${person(fact.holder)}, deputy = ${person(fact.deputy)},
        handed_over_from = NULL, handed_over_until = NULL ${of}`;
    case 'HANDED_OVER':
      return `UPDATE registry.seat SET handed_over_from = ${instant(fact.from)},
        handed_over_until = ${optional(fact.until)} ${of}`;
    case 'HANDED_BACK':
      return `UPDATE registry.seat SET handed_over_from = NULL, handed_over_until = NULL ${of}`;
    case 'SEAT_ENDED':
      return `UPDATE registry.seat SET ended_at = least(ended_at, ${instant(fact.at)}) ${of}`;
  }
}

type ConsentFact = FactOf<'PROPOSED' | 'SIGNED' | 'WAIVED' | 'ACKNOWLEDGED' | 'REFUSED' | 'WITHDRAWN'>;

function consenting(fact: ConsentFact, names: Names, now: string): string {
  const id = (symbol: string) => text(names.id(symbol));
  const guardian = (who: string) => (who.startsWith('y') ? 'NULL' : id(who));
  switch (fact.is) {
    case 'PROPOSED':
      return proposing(fact, names, now);
    case 'SIGNED':
      return insert('signature', {
        consent: id(fact.consent),
        guardian: guardian(fact.signer),
        capacity: fact.signer.startsWith('y') ? `'YOUTH'` : `'GUARDIAN_WITH_CUSTODY'`,
        told_at: instant(fact.toldAt),
        method: `'PAPER'`,
        evidence_hash: `'model'`,
        ...recordedBy(fact.recorder, fact.system, names),
      });
    case 'WAIVED':
      return insert('waiver', {
        consent: id(fact.consent),
        guardian: id(fact.guardian),
        ground: `'model'`,
        recorded_by: `'model'`,
      });
    case 'ACKNOWLEDGED':
      return acknowledging(fact, names, now);
    case 'REFUSED':
    case 'WITHDRAWN':
      return insert('statement', {
        group_id: id(fact.group),
        kind: fact.is === 'REFUSED' ? `'REFUSAL'` : `'WITHDRAWAL'`,
        guardian: guardian(fact.by),
        source: fact.only === null ? 'NULL' : agency(fact.only.source),
        recipient: fact.only === null ? 'NULL' : agency(fact.only.recipient),
        category: fact.only === null ? 'NULL' : category(fact.only.category),
        only_consent: fact.within === null ? 'NULL' : id(fact.within),
        channel: `'model'`,
        told_at: now,
        recorded_by: `'model'`,
      });
  }
}

/** The columns of an author: the system, if any, else the person. */
function recordedBy(person: string, system: string | null, names: Names) {
  const subject = text(names.subject(person));
  return system === null
    ? { recorded_by: subject, recorded_for: 'NULL' }
    : { recorded_by: text(names.subject(system)), recorded_for: subject };
}

function acknowledging({ grant, acknowledger, system }: FactOf<'ACKNOWLEDGED'>, names: Names, now: string): string {
  const author = recordedBy(acknowledger, system, names);
  return `UPDATE registry.consent_grant
    SET acknowledged_at = ${now}, acknowledged_by = ${author.recorded_by}, acknowledged_for = ${author.recorded_for}
    WHERE id = ${text(names.id(grant))}`;
}

function proposing(fact: FactOf<'PROPOSED'>, names: Names, now: string): string {
  const assessed = fact.foundMature ? now : 'NULL';
  const model = `'model'`;
  const consent = insert('consent', {
    id: text(names.id(fact.consent)),
    group_id: text(names.id(fact.group)),
    version: String(fact.version),
    valid_from: instant(fact.validFrom),
    valid_until: instant(fact.validUntil),
    purpose: model,
    paper_reference: model,
    information_given: model,
    language: model,
    maturity_assessed_at: assessed,
    maturity_assessed_by: fact.foundMature ? model : 'NULL',
    maturity_reason: fact.foundMature ? model : 'NULL',
    recorded_by: model,
  });
  const grants = fact.grants.map(({ grant, source, recipient, category: code, dataFrom, dataTo }) =>
    [text(names.id(grant)), agency(source), agency(recipient), category(code), text(dataFrom), text(dataTo)].join(),
  );
  const rows = grants.map((row) => `(${text(names.id(fact.consent))}, ${row})`);
  return `${consent}; INSERT INTO registry.consent_grant (consent, id, source, recipient, category, data_from, data_to)
    VALUES ${rows.join()}`;
}

function insert(table: string, row: Readonly<Record<string, string>>): string {
  return `INSERT INTO registry.${table} (${Object.keys(row).join(', ')}) VALUES (${Object.values(row).join(', ')})`;
}

function agency(code: string): string {
  return `(SELECT id FROM registry.agency WHERE code = ${text(code)})`;
}

function category(code: string): string {
  return `(SELECT id FROM registry.category WHERE code = ${text(code)})`;
}

function text(value: string | null): string {
  return value === null ? 'NULL' : pg.escapeLiteral(value);
}

/** The agencies' and programmes' rows that every replay stands on. */
export function scenery(agencies: readonly string[]): string {
  const rows = agencies.map((code) => {
    const sector = sectorOf(code);
    return insert('agency', { code: text(code), name: text(code), sector: text(sector === 'hub' ? null : sector) });
  });
  const programmes = (['DEFAULT', 'YOUTH_ALWAYS'] satisfies Policy[]).map((policy) =>
    insert('programme', {
      code: text(policy),
      version: '1',
      name: `'model'`,
      kind: `'SIG'`,
      signer_policy: text(policy),
    }),
  );
  return [...rows, ...programmes].join('; ');
}
