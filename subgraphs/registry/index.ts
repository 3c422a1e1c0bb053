import type { Subgraph } from '../subgraph.ts';
import { AccessLogResolver } from './access-log-resolver.ts';
import { AccessReportResolver } from './access-report/access-report-resolver.ts';
import { DecideTellingResolver } from './access-report/decide-telling.ts';
import { TellingsResolver } from './access-report/tellings-resolver.ts';
import { AccessReviewResolver } from './access-review.ts';
import { AccessSummaryResolver } from './access-summary.ts';
import { AcknowledgeResolver } from './acknowledge.ts';
import { AddSeatResolver } from './add-seat.ts';
import { AgencySeatsResolver } from './agency-seats.ts';
import { watchBeside } from './alarm-watch.ts';
import { AlarmsResolver } from './alarms.ts';
import { AttentionResolver } from './attention.ts';
import { BarCallerResolver } from './bar-caller.ts';
import { BarsResolver } from './bars.ts';
import { CatalogueResolver } from './catalogue.ts';
import { CloseGroupResolver } from './close-group.ts';
import { ConsentMatrixRowResolver, YouthMatrixResolver } from './consent-matrix.ts';
import { EndSeatResolver } from './end-seat.ts';
import { entities } from './entities.ts';
import { FillSeatResolver } from './fill-seat.ts';
import { ConsentResolver, GroupResolver, YouthGroupsResolver } from './group-resolvers.ts';
import { GroupUpdatesResolver } from './group-updates.ts';
import { HandOverSeatResolver } from './hand-over-seat.ts';
import { LiftBarResolver } from './lift-bar.ts';
import { ListsResolver } from './lists.ts';
import { MeResolver } from './me.ts';
import { RegistryMemberships } from './membership.ts';
import { migrations } from './migrations/index.ts';
import { OpenGroupResolver } from './open-group.ts';
import { ProposeConsentResolver } from './propose-consent.ts';
import { ProposeGroupResolver } from './propose-group.ts';
import { RecordCustodyResolver } from './record-custody.ts';
import { RecordReviewResolver } from './record-review.ts';
import { RecordYouthResolver } from './record-youth.ts';
import { RecordedReviewsResolver } from './recorded-reviews.ts';
import { RegisterYouthResolver } from './register-youth.ts';
import { ReleasesToReviewResolver } from './releases-to-review.ts';
import { ReviewSampleResolver } from './review-sample.ts';
import { sealBeside } from './seal/beside.ts';
import { ProofResolver } from './seal/proof-resolver.ts';
import { seed } from './seed.ts';
import { SignResolver } from './sign.ts';
import { ConsentSignersResolver } from './signer.ts';
import { ConsentStatementsResolver } from './statement.ts';
import { ConsentWaiversResolver } from './waiver.ts';
import { WithdrawResolver } from './withdraw.ts';

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
  beside: [sealBeside, watchBeside],
};
