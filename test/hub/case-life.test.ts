/**
 * The whole life of a case in each programme, in one hub: the lives go on at once, since much of them would be the fence.
 * What they began is heard last.
 */
import './lives/soderhamn.ts';
import './lives/skovde.ts';
import './lives/national.ts';
import './lives/orebro.ts';
import './lives/strangnas.ts';
import './lives/revisions.ts';
import './lives/refusals.ts';
import './lives/left-out.ts';
import './lives/bad-input.ts';
import './lives/answers.ts';
