/** Parts that share one hub: a hub is nine processes, and to start it takes longer than these tests. */
// First, since it holds what each youth was made for against what is decided: the others change some of that.
import './on-one-hub/consent-matrix.ts';
import './on-one-hub/access-log-entries.ts';
import './on-one-hub/access-log.ts';
import './on-one-hub/access-report-page.ts';
import './on-one-hub/action-plan.ts';
import './on-one-hub/answered-keys.ts';
import './on-one-hub/bars.ts';
import './on-one-hub/consent-form.ts';
import './on-one-hub/consent-rights.ts';
import './on-one-hub/held-records.ts';
import './on-one-hub/imported-enrolments.ts';
import './on-one-hub/news.ts';
import './on-one-hub/group-updates.ts';
import './on-one-hub/log-proofs.ts';
import './on-one-hub/operations.ts';
import './on-one-hub/protected-identity.ts';
import './on-one-hub/sector-schemas.ts';
