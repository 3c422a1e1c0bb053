import 'reflect-metadata';
import type { Subgraph } from '../../chassis/subgraph.ts';
import { YouthResolver } from '../../chassis/youth/youth.ts';
import { BarCallerResolver } from './bar/bar-caller.ts';
import { BarsResolver } from './bar/bars.ts';
import { LiftBarResolver } from './bar/lift-bar.ts';
import { CatalogueResolver } from './catalogue/catalogue.ts';
import { AcknowledgeResolver } from './consent/acknowledge.ts';
import { ProposeConsentResolver } from './consent/propose-consent.ts';
import { SignResolver } from './consent/sign.ts';
import { ConsentSignersResolver } from './consent/signer.ts';
import { ConsentStatementsResolver } from './consent/statement.ts';
import { ConsentTransitionResolver, ReceiptTransitionResolver } from './consent/transition.ts';
import { ConsentWaiversResolver } from './consent/waiver.ts';
import { WithdrawResolver } from './consent/withdraw.ts';
import { entities } from './entities.ts';
import { MeResolver } from './entry/me.ts';
import { RegistryMemberships } from './entry/membership.ts';
import { AddSeatResolver } from './group/add-seat.ts';
import { CloseGroupResolver } from './group/close-group.ts';
import { EndSeatResolver } from './group/end-seat.ts';
import { FillSeatResolver } from './group/fill-seat.ts';
import { HandOverSeatResolver } from './group/hand-over-seat.ts';
import { OpenGroupResolver } from './group/open-group.ts';
import { ProposeGroupResolver } from './group/propose-group.ts';
import { watchBeside } from './log/alarm/alarm-watch.ts';
import { AlarmsResolver } from './log/alarm/alarms.ts';
import { AccessLogResolver } from './log/read/access-log-resolver.ts';
import { AccessReportResolver } from './log/report/access-report-resolver.ts';
import { DecideTellingResolver } from './log/report/decide-telling.ts';
import { TellingsResolver } from './log/report/tellings-resolver.ts';
import { AccessReviewResolver } from './log/review/access-review.ts';
import { RecordReviewResolver } from './log/review/record-review.ts';
import { RecordedReviewsResolver } from './log/review/recorded-reviews.ts';
import { ReviewSampleResolver } from './log/review/review-sample.ts';
import { sealBeside } from './log/seal/beside.ts';
import { ProofResolver } from './log/seal/proof-resolver.ts';
import { AccessSummaryResolver } from './log/summary/access-summary.ts';
import { migrations } from './migrations/index.ts';
import { seed } from './seed.ts';
import { AgencySeatsResolver } from './view/agency-seats.ts';
import { AttentionResolver } from './view/attention.ts';
import { ConsentMatrixRowResolver, YouthMatrixResolver } from './view/consent-matrix.ts';
import { ConsentResolver, GroupResolver, YouthGroupsResolver } from './view/group-resolvers.ts';
import { GroupUpdatesResolver } from './view/group-updates.ts';
import { ListsResolver } from './view/lists.ts';
import { MySeatsResolver } from './view/my-seats.ts';
import { RegisteredYouthsResolver } from './view/registered-youths.ts';
import { RecordCustodyResolver } from './youth/record-custody.ts';
import { RecordYouthResolver } from './youth/record-youth.ts';
import { RegisterYouthResolver } from './youth/register-youth.ts';
import { ReleasesToReviewResolver } from './youth/releases-to-review.ts';

/** The hub's own subgraph: participants, consents and the access log. It decides, and holds nobody's records. */
export const subgraph: Subgraph = {
  name: 'registry',
  categories: [],
  // In the order of a case, which becomes the order of the root fields in the schema.
  resolvers: [
    MeResolver,
    CatalogueResolver,
    ListsResolver,
    RegisteredYouthsResolver,
    MySeatsResolver,
    YouthResolver,
    YouthGroupsResolver,
    YouthMatrixResolver,
    ConsentMatrixRowResolver,
    RegisterYouthResolver,
    RecordYouthResolver,
    RecordCustodyResolver,
    ProposeGroupResolver,
    AddSeatResolver,
    FillSeatResolver,
    HandOverSeatResolver,
    OpenGroupResolver,
    GroupResolver,
    ConsentResolver,
    ConsentSignersResolver,
    ConsentWaiversResolver,
    ConsentStatementsResolver,
    ConsentTransitionResolver,
    ReceiptTransitionResolver,
    AgencySeatsResolver,
    ProposeConsentResolver,
    SignResolver,
    AcknowledgeResolver,
    AttentionResolver,
    GroupUpdatesResolver,
    WithdrawResolver,
    BarCallerResolver,
    LiftBarResolver,
    BarsResolver,
    ReleasesToReviewResolver,
    EndSeatResolver,
    CloseGroupResolver,
    AccessLogResolver,
    AccessSummaryResolver,
    AccessReviewResolver,
    ReviewSampleResolver,
    RecordReviewResolver,
    RecordedReviewsResolver,
    AlarmsResolver,
    AccessReportResolver,
    DecideTellingResolver,
    TellingsResolver,
    ProofResolver,
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
