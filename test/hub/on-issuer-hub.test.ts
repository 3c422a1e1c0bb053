/** Parts that share one hub with an identity provider of the suite's own, so that they ask as whoever they like. */
import './on-issuer-hub/identity.ts';
import './on-issuer-hub/two-roles.ts';
import './on-issuer-hub/links-and-marks.ts';
import './on-issuer-hub/writing.ts';
import './on-issuer-hub/refused-writing.ts';
// Last: it looks for what the two before it have written.
import './on-issuer-hub/written-entries.ts';
