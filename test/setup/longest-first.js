import Sequencer from '@jest/test-sequencer';

/** Suites that start a whole hub, or wait for the fence, take longest; one that began last would run alone at the end. */
const LONGEST = ['/test/hub/on-one-hub', '/test/hub/', '/test/faults/', '/hub/', '/test/', '/subgraphs/'];

/** Runs the suites that take longest first, also where no earlier run has told which these are. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1));
  }
}

function rank(path) {
  const place = LONGEST.findIndex((folder) => path.includes(folder));
  return place === -1 ? LONGEST.length : place;
}
