import autocannon from 'autocannon';
import { startTestIssuer } from '../setup/issuer.ts';
import { environmentOf } from './gateway.ts';
import { measure } from './load.ts';
import { FULL_VIEW, fullViews } from './operations.ts';
import { startProcess } from './processes.ts';
import { machine, medianOf, writeResult } from './result.ts';
import { inRounds } from './rounds.ts';

/** Connections of those who flood. */
const FLOODING = 32;
const MOST_MS = 50;

const ALONE = 'a known operation, alone';
const BESIDE = 'a known operation, beside a flood';

/** How a known operation fares while others send nothing but operations that nobody has sent before. */
export async function benchFlood({ rounds, seconds }: { rounds: number; seconds: number }): Promise<void> {
  const issuer = await startTestIssuer();
  const replay = await startProcess('test/bench/replay.ts');
  const ports = replay.ready.ports as Record<string, number>;
  const gateway = await startProcess('gateway/main.ts', [], environmentOf(ports, issuer.url));
  const url = `http://127.0.0.1:${gateway.port}/graphql`;
  try {
    const claims = (sub: string) => ({ sub, agency: 'social-services:skovde', roles: ['CASEWORKER'] });
    const clients = [{ token: await issuer.token(claims('p-1')), bodies: fullViews() }];
    // Each connection is a caller of its own: one alone would wait for its turn.
    const flooders = await Promise.all(
      Array.from({ length: FLOODING }, (_, index) => issuer.token(claims(`p-${index + 2}`))),
    );
    const load = { url, clients, inFlight: 2, seconds };
    const known = async () => {
      const { perSecond, p50, p99 } = await measure(load);
      return { 'requests/s': perSecond, 'p50 ms': p50, 'p99 ms': p99 };
    };
    await known();
    const rows = await inRounds(rounds, [
      { name: ALONE, measure: async () => ({ ...(await known()), 'new ones/s': 0 }) },
      {
        name: BESIDE,
        measure: async () => {
          const flood = startFlood(url, flooders, seconds);
          const figures = await known();
          return { ...figures, 'new ones/s': (await flood) / seconds };
        },
      },
    ]);
    const p99 = medianOf(rows, BESIDE, 'p99 ms');
    const more = p99 - medianOf(rows, ALONE, 'p99 ms');
    writeResult({
      name: 'flood',
      title: 'A flood of new operations',
      about: `The gateway on subgraphs that replay bytes: two clients ask a known operation, the full view, alone and while ${FLOODING} callers send operations that nobody has sent before, as large as it or as large as the bounds allow. New ones are those that were answered or refused.`,
      machine: machine(),
      rounds,
      chart: { value: 'p99 ms', unit: 'less is better' },
      rows,
      goals: [
        {
          what: 'p99 of a known operation beside the flood',
          goal: `under ${MOST_MS} ms`,
          measured: `${p99.toFixed(1)} ms`,
          met: p99 < MOST_MS,
        },
        {
          what: 'of it what the flood adds to the p99 alone, in the same run',
          goal: `under ${MOST_MS} ms`,
          measured: `${more.toFixed(1)} ms`,
          met: more < MOST_MS,
        },
      ],
    });
  } finally {
    await gateway.stop();
    await replay.stop();
    await issuer.end();
  }
}

let made = 0;

/** A text that nobody has sent before: the full view, or fragments that double up to the bounds. */
function newOperation(): string {
  made += 1;
  const wide = FULL_VIEW.replace('FullView', `New${made}`);
  if (made % 2 === 0) return wide;
  const record = '{ id agency author recordedAt changedAt held textCleared version }';
  const fields = [
    'suspicions',
    'associations',
    'enrolments',
    'attendance',
    'activities',
    'fieldNotes',
    'interventions',
  ];
  const aliased = Array.from(
    { length: 12 },
    (_, index) => fields.map((field) => `a${index}: ${field} ${record}`)[index % 7],
  );
  return `query New${made}($youthId: ID!) { youth(id: $youthId) { ...A ...B } }
    fragment A on Youth { ...B ...C ${aliased.slice(0, 4).join(' ')} } fragment B on Youth { ...C ...D ${aliased.slice(4, 8).join(' ')} }
    fragment C on Youth { ...D ...E } fragment D on Youth { ...E } fragment E on Youth { ${aliased.slice(8).join(' ')} }`;
}

/** Floods for some seconds; resolves with how many operations were answered or refused. */
async function startFlood(url: string, tokens: readonly string[], seconds: number): Promise<number> {
  const [{ variables } = { variables: {} }] = fullViews(1).map((body) => JSON.parse(body) as { variables: object });
  const body = () => JSON.stringify({ query: newOperation(), variables });
  let told = 0;
  let connections = 0;
  const run = autocannon({
    url,
    method: 'POST',
    connections: FLOODING,
    duration: seconds,
    timeout: 10,
    setupClient: (client) => {
      const token = tokens[connections++ % tokens.length];
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const next = () => client.setRequests([{ method: 'POST', headers, body: body() }]);
      next();
      client.on('response', next);
    },
  });
  run.on('response', () => {
    told += 1;
  });
  await run;
  return told;
}
