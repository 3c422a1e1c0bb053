/** Parts that share one hub: what people mistype, and where personal identity numbers do not get to. */
import './mistyped/mistakes.ts';
import './mistyped/identity-numbers.ts';
