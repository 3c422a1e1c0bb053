/** Parts that share one registry: its database takes longer to make than these tests. */
import './on-one-registry/access-questions.ts';
import './on-one-registry/access-summaries.ts';
import './on-one-registry/access-reviews.ts';
import './on-one-registry/samples-and-reviews.ts';
import './on-one-registry/alarms.ts';
import './on-one-registry/watching.ts';
import './on-one-registry/bars.ts';
import './on-one-registry/told-of-consents.ts';
import './on-one-registry/reading-reviews-and-alarms.ts';
import './on-one-registry/access-reports.ts';
import './on-one-registry/access-report-makers.ts';
import './on-one-registry/tellings.ts';
// Last: it seals what the others have written before their tests.
import './on-one-registry/access-report-proofs.ts';
