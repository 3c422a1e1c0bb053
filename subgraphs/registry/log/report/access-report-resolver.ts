import { Arg, Ctx, Directive, ID, Int, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../../chassis/decide/context.ts';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import { statement } from '../../../../chassis/statement.ts';
import { HubError } from '../../../../schema/errors.ts';
import { isYouthId } from '../../../../schema/youth-id.ts';
import { cursorAt, momentAfter } from '../../sql/page.ts';
import { demandInterval } from '../read/access-reader.ts';
import { answerOf } from '../read/access-time.ts';
import { latestCheckpoint } from '../seal/latest-checkpoint.ts';
import { AccessReport, MAKERS, ReportLanguage } from './access-report.ts';
import { TEXTS } from './languages.ts';
import { demandMaker } from './maker.ts';
import { type ReportAnswer, reportQuery } from './report-query.ts';
import { toldOf, toldOfDay, toldOfKind } from './told.ts';

/** An answer has this many rows of an extract at most. The rest are on further pages. */
const MOST_ROWS = 1_000;

/** `accessReport`: the extract of the access log for the youth. */
@Resolver()
export class AccessReportResolver {
  @Directive(MAKERS)
  @Query(() => AccessReport, {
    nullable: true,
    description: `The extract of the access log for the youth (loggutdrag). It lists every permitted reading of an agency’s information about the youth that was, or may have been, shown. Auditors of the hub get all readings. The coordinator of the youth’s open group, or of the group that ended last, and managers and auditors of the youth’s lead agency get the readings between agencies and those of their own agency. Auditors of another agency get the readings in which that agency is source or recipient. Everyone else gets FORBIDDEN, whether or not the youth exists. The extract covers at most a year. Its rows come in pages: nextRows reads on. Making it, and reading a further page of it, adds an entry to the log. Before you give it to anybody, test by law what that person may be told, and leave out the rest by decideTelling.`,
  })
  async accessReport(
    @Arg('youthId', () => ID, { description: 'The youth (UUID).' }) youthId: string,
    @Arg('from', () => DateTime, {
      nullable: true,
      description: 'From this instant on. Default: one year before `to`.',
    })
    from: Date | null,
    @Arg('to', () => DateTime, { nullable: true, description: 'Before this instant. Default: now.' })
    to: Date | null,
    @Arg('language', () => ReportLanguage, {
      defaultValue: ReportLanguage.SV,
      description: 'The language of the extract.',
    })
    language: ReportLanguage,
    @Arg('first', () => Int, {
      defaultValue: MOST_ROWS,
      description: `The largest number of rows to return, from 1 to ${MOST_ROWS.toLocaleString('en')}.`,
    })
    first: number,
    @Arg('after', () => String, { nullable: true, description: 'The nextRows of the previous page.' })
    after: string | null,
    @Ctx() context: HubContext,
  ): Promise<AccessReport> {
    if (!isYouthId(youthId)) {
      throw new HubError('BAD_USER_INPUT', 'youthId is the id of a youth, a UUID.', { field: 'youthId' });
    }
    const { madeAt, ...period } = await periodOf(from ?? null, to ?? null, context);
    demandInterval(period, 'from');
    const place = momentAfter(after ?? null);
    demandRows(first);
    const how = [`from:${period.from.toISOString()}`, `to:${period.to.toISOString()}`, `language:${language}`];
    const maker = await demandMaker(youthId, how, context);
    const wanted = { youthId, ...period, after: place, rows: first + 1 };
    const [found] = await answerOf<ReportAnswer>(reportQuery(wanted, maker), context);
    if (found === undefined) throw new TypeError('A statement of one row has answered none.');
    const rows = found.rows.slice(0, first);
    const last = found.rows.length > first ? rows.at(-1) : undefined;
    // After the rows: it covers every leaf that they name.
    const checkpoint = await latestCheckpoint(context);
    const { notes, verification } = TEXTS[language];
    return {
      youthId: youthId.toLowerCase(),
      madeBy: maker.agency,
      ...period,
      madeAt,
      notes: notes(maker.coverage, maker.agency.name),
      readings: found.readings,
      summary: found.summary.map((kind) => toldOfKind(kind, language)),
      days: found.days.map((day) => toldOfDay(day, language)),
      rows: rows.map((access) => toldOf(access, language)),
      nextRows: last === undefined ? null : cursorAt({ micros: last.micros, id: last.entryId }),
      verification,
      checkpoint,
    };
  }
}

function demandRows(first: number): void {
  if (Number.isInteger(first) && first >= 1 && first <= MOST_ROWS) return;
  const expected = `first is a whole number from 1 to ${MOST_ROWS}. Read further rows with after.`;
  throw new HubError('BAD_USER_INPUT', expected, { field: 'first' });
}

const INTERVAL = statement<{ readonly from: Date | null; readonly to: Date | null }>(
  'interval of an extract',
  `SELECT registry.clock() AS "madeAt", coalesce(:to::timestamptz, registry.clock()) AS to,
    coalesce(:from::timestamptz, coalesce(:to, registry.clock()) - interval '1 year') AS from`,
);

/** The interval that is asked for; what is left out of it is as the database's clock has it (C8). */
async function periodOf(from: Date | null, to: Date | null, { sector }: HubContext) {
  const { rows } = await sector.pool.query<{ madeAt: Date; from: Date; to: Date }>(INTERVAL({ from, to }));
  const [period] = rows;
  if (period === undefined) throw new TypeError('A statement of one row has answered none.');
  return period;
}
