/** Parts that share one hub: a hub is nine processes, and to start it takes longer than these tests. */
import './on-one-hub/access-log.ts';
import './on-one-hub/access-log-entries.ts';
import './on-one-hub/consent-rights.ts';
import './on-one-hub/imported-enrolments.ts';
import './on-one-hub/log-proofs.ts';
import './on-one-hub/operations.ts';
