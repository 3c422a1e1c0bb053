// biome-ignore-all assist/source/organizeImports: the order of these files is the order of the SDL
import type { Subgraph } from '../../chassis/subgraph.ts';
import { AccessLogResolver } from './log/read/access-log-resolver.ts';
import { AccessReportResolver } from './log/report/access-report-resolver.ts';
import { DecideTellingResolver } from './log/report/decide-telling.ts';
import { TellingsResolver } from './log/report/tellings-resolver.ts';
import { AccessReviewResolver } from './log/review/access-review.ts';
import { AccessSummaryResolver } from './log/summary/access-summary.ts';
import { AcknowledgeResolver } from './consent/acknowledge.ts';
import { AddSeatResolver } from './group/add-seat.ts';
import { AgencySeatsResolver } from './view/agency-seats.ts';
import { watchBeside } from './log/alarm/alarm-watch.ts';
import { AlarmsResolver } from './log/alarm/alarms.ts';
import { AttentionResolver } from './view/attention.ts';
import { BarCallerResolver } from './bar/bar-caller.ts';
import { BarsResolver } from './bar/bars.ts';
import { CatalogueResolver } from './catalogue/catalogue.ts';
import { CloseGroupResolver } from './group/close-group.ts';
import { ConsentMatrixRowResolver, YouthMatrixResolver } from './view/consent-matrix.ts';
import { EndSeatResolver } from './group/end-seat.ts';
import { entities } from './entities.ts';
import { FillSeatResolver } from './group/fill-seat.ts';
import { ConsentResolver, GroupResolver, YouthGroupsResolver } from './view/group-resolvers.ts';
import { GroupUpdatesResolver } from './view/group-updates.ts';
import { HandOverSeatResolver } from './group/hand-over-seat.ts';
import { LiftBarResolver } from './bar/lift-bar.ts';
import { ListsResolver } from './view/lists.ts';
import { MeResolver } from './entry/me.ts';
import { RegistryMemberships } from './entry/membership.ts';
import { migrations } from './migrations/index.ts';
import { OpenGroupResolver } from './group/open-group.ts';
import { ProposeConsentResolver } from './consent/propose-consent.ts';
import { ProposeGroupResolver } from './group/propose-group.ts';
import { RecordCustodyResolver } from './youth/record-custody.ts';
import { RecordReviewResolver } from './log/review/record-review.ts';
import { RecordYouthResolver } from './youth/record-youth.ts';
import { RecordedReviewsResolver } from './log/review/recorded-reviews.ts';
import { RegisterYouthResolver } from './youth/register-youth.ts';
import { ReleasesToReviewResolver } from './youth/releases-to-review.ts';
import { ReviewSampleResolver } from './log/review/review-sample.ts';
import { sealBeside } from './log/seal/beside.ts';
import { ProofResolver } from './log/seal/proof-resolver.ts';
import { seed } from './seed.ts';
import { SignResolver } from './consent/sign.ts';
import { ConsentSignersResolver } from './consent/signer.ts';
import { ConsentStatementsResolver } from './consent/statement.ts';
import { ConsentWaiversResolver } from './consent/waiver.ts';
import { WithdrawResolver } from './consent/withdraw.ts';

/** The hub's own: who takes part, under which consent, and the access log. It decides; it holds nobody's records. */
export const subgraph: Subgraph = {
  name: 'registry',
  categories: [],
  resolvers: [
    MeResolver,
    CatalogueResolver,
    YouthGroupsResolver,
    GroupResolver,
    ConsentResolver,
    ConsentSignersResolver,
    ConsentWaiversResolver,
    ConsentStatementsResolver,
    YouthMatrixResolver,
    ConsentMatrixRowResolver,
    ListsResolver,
    AgencySeatsResolver,
    RegisterYouthResolver,
    RecordYouthResolver,
    RecordCustodyResolver,
    ProposeGroupResolver,
    AddSeatResolver,
    FillSeatResolver,
    OpenGroupResolver,
    HandOverSeatResolver,
    CloseGroupResolver,
    ProposeConsentResolver,
    AttentionResolver,
    GroupUpdatesResolver,
    ReleasesToReviewResolver,
    SignResolver,
    WithdrawResolver,
    AcknowledgeResolver,
    EndSeatResolver,
    BarCallerResolver,
    LiftBarResolver,
    BarsResolver,
    AccessLogResolver,
    ProofResolver,
    AccessSummaryResolver,
    AccessReviewResolver,
    ReviewSampleResolver,
    RecordReviewResolver,
    RecordedReviewsResolver,
    AlarmsResolver,
    AccessReportResolver,
    DecideTellingResolver,
    TellingsResolver,
  ],
  entities,
  migrations,
  seed,
  membership: (context) => new RegistryMemberships(context),
  entrances: {
    group: { kind: 'group', argument: 'id' },
    consent: { kind: 'consent', argument: 'id' },
    groupUpdates: { kind: 'group', argument: 'groupId' },
  },
  beside: [sealBeside, watchBeside],
};
