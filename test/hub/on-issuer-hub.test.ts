/** Parts that share one hub with an identity provider of the suite's own, so that they ask as whoever they like. */
import './on-issuer-hub/identity.ts';
import './on-issuer-hub/two-roles.ts';
import './on-issuer-hub/links-and-marks.ts';
import './on-issuer-hub/writing.ts';
