import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import { type Connection, pageOf, rowsFor } from '../../../../chassis/page.ts';
import { type Bind, Bindings } from '../../../../chassis/statement.ts';
import { isToldSql } from '../../sql/ending.ts';
import { connectionType, cursorAt, type Moment, momentAfter } from '../../sql/page.ts';
import { ownSql, protectionSql } from '../read/access-log-query.ts';
import { demandInterval, type LogReader, readLog } from '../read/access-reader.ts';
import { answerOf } from '../read/access-time.ts';
import { afterSql, ENTRY_COLUMNS, type EntryAnswer, entryById, entryOf, entrySources } from '../read/entry-answer.ts';
import { Alarm, AlarmKind } from './alarm.ts';

const READERS = '@restricted(roles: [AUDITOR, MANAGER])';
const AlarmConnection = connectionType<Alarm>('Alarm', () => Alarm, READERS);

/** An alarm as the database answers it: beside its entry, whose id is null when it has been erased. */
type AlarmAnswer = Omit<EntryAnswer, 'id'> & { readonly id: string | null } & Pick<
    Alarm,
    'raisedAt' | 'deliveredAt'
  > & {
    readonly alarmId: string;
    readonly alarmKind: AlarmKind;
    readonly raisedMicros: string;
  };

/** Which alarms somebody reads. */
interface Wanted {
  readonly from: Date;
  readonly to: Date;
  readonly kind: AlarmKind | null;
}

/** The statement for `rows` alarms, latest first, after a place in that order. */
function alarmsQuery({ from, to, kind }: Wanted, reading: LogReader, after: Moment | null, rows: number) {
  const bindings = new Bindings();
  const { bind } = bindings;
  const own = ownSql(bind(reading.names, 'text[]'));
  const all = [`l.raised_at >= ${bind(from, 'timestamptz')}`, `l.raised_at < ${bind(to, 'timestamptz')}`];
  // Nobody reviews themselves; and of an end the reader's own entries would tell. Of an erased one nobody knows whose it was.
  all.push(`(e.id IS NULL OR ${isToldSql('e.at')} AND NOT ${own})`);
  if (kind !== null) all.push(`l.kind = ${bind(kind, 'text')}`);
  if (reading.scope !== null) all.push(concernsSql(reading.scope, bind));
  const text = `
    SELECT ${ENTRY_COLUMNS}, l.id AS "alarmId", l.kind AS "alarmKind", l.raised_at AS "raisedAt",
      l.delivered_at AS "deliveredAt", (extract(epoch FROM l.raised_at) * 1000000)::bigint::text AS "raisedMicros"
    FROM registry.alarm l LEFT JOIN ${entryById('l.entry')} ON true ${entrySources({ own, protection: protectionSql(reading, bind) })}
    WHERE ${all.join(' AND ')}${afterSql(after, bind, 'l.raised_at, l.id')}
    ORDER BY l.raised_at DESC, l.id DESC LIMIT ${bind(rows, 'int')}`;
  return bindings.statement(text);
}

/**
 * SQL: does the alarm `l` concern the agency? What a caller did within an hour is the caller's agency's matter: it is
 * about other sources too than that of its latest entry.
 */
function concernsSql(agency: number, bind: Bind): string {
  const scope = bind(agency, 'int');
  return `(l.agency = ${scope} OR l.kind = '${AlarmKind.RELEASED_AFTER_END}' AND l.source = ${scope})`;
}

/** `alarms`: those that went out by themselves. */
@Resolver()
export class AlarmsResolver {
  @Directive(READERS)
  @Query(() => AlarmConnection, {
    nullable: true,
    description:
      'The alarms about the access log, latest first. An alarm stays after its entry has been erased. Auditors of the hub see all. Auditors and managers of an agency see the alarms about its callers, and about releases of its information after an end. Alarms about your own entries are left out. The interval is at most a year. Reading them adds an entry to the log.',
  })
  async alarms(
    @Arg('from', () => DateTime, { description: 'Raised from this instant on.' }) from: Date,
    @Arg('to', () => DateTime, { description: 'Raised before this instant.' }) to: Date,
    @Arg('kind', () => AlarmKind, { nullable: true, description: 'Only alarms of this kind.' }) kind: AlarmKind | null,
    @Arg('first', () => Int, { defaultValue: 50, description: 'The largest number to return, from 1 to 200.' })
    first: number,
    @Arg('after', () => String, { nullable: true, description: 'The endCursor of the previous page.' }) after:
      | string
      | null,
    @Ctx() context: HubContext,
  ): Promise<Connection<Alarm>> {
    demandInterval({ from, to }, 'from');
    const [place, rows] = [momentAfter(after ?? null), rowsFor(first)];
    const reading = await readLog('alarms', {}, context, kind == null ? [] : [`kind:${kind}`]);
    const found = await answerOf<AlarmAnswer>(
      alarmsQuery({ from, to, kind: kind ?? null }, reading, place, rows),
      context,
    );
    return pageOf(found.map(alarmOf), first, found.length > first, ({ id, micros }) => cursorAt({ id, micros }));
  }
}

function alarmOf({ alarmId, alarmKind, raisedMicros, raisedAt, deliveredAt, ...answer }: AlarmAnswer): Alarm & Moment {
  const { id } = answer;
  const entry = id === null ? null : entryOf({ ...answer, id });
  const entryErased = entry === null;
  return { id: alarmId, kind: alarmKind, entry, entryErased, raisedAt, deliveredAt, micros: raisedMicros };
}
