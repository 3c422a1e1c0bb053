import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Authorizer, type Question } from '../../chassis/decide/authorize.ts';
import { authorizeLogin, folderNamed, sealerLogin } from '../../chassis/folders.ts';
import { createPool } from '../../chassis/store/database.ts';
import { startChild } from '../../hub/child.ts';
import { tries } from '../setup/depth.ts';
import { faultsOf, ORIGIN, type SealedLog, startSealedLog } from '../setup/sealed-log.ts';

/** How often something is killed. */
const CRASHES = Number(process.env.SAMSYN_CRASHES ?? tries(3, 50));

let log: SealedLog;
let logs: string;
beforeAll(async () => {
  log = await startSealedLog();
  logs = mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'crash-'));
}, 60_000);
afterAll(() => log.end());

const startSealer = (n: number) =>
  startChild({
    name: 'sealer',
    entry: 'subgraphs/registry/log/seal/main.ts',
    env: {
      [sealerLogin().variable]: log.urls[sealerLogin().variable] ?? '',
      SAMSYN_LOG_ORIGIN: ORIGIN,
      SAMSYN_LOG_KEY: log.keyPem,
      SAMSYN_LOG_MEMORY: join(log.folder, 'memory'),
      ...(process.env.NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
    },
    logFile: join(logs, `sealer-${n}.log`),
  });

function questionOf(requestId: string): Question {
  return {
    caller: { subject: 'p-9', actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] },
    operation: { hash: 'ab', name: null, requestId },
    action: 'READ',
    answer: randomUUID(),
    kinds: [{ category: 'school.attendance', whereabouts: false, fields: ['attendance'] }],
    youths: [{ id: randomUUID(), assigned: false }],
  };
}

test(
  `after ${CRASHES} kills at random points nothing is missing, nothing double, and no answer without its entry`,
  async () => {
    const answered: string[] = [];
    let isAsking = true;
    const asking = async () => {
      const pool = createPool(log.urls[authorizeLogin(folderNamed('school')).variable] ?? '', 2);
      pool.on('error', () => undefined);
      const authorizer = new Authorizer(pool);
      while (isAsking) {
        const requestId = randomUUID();
        // While the database is down nobody is answered; that is as it should be.
        const isAnswered = await authorizer.decide(questionOf(requestId)).then(
          () => true,
          () => false,
        );
        if (isAnswered) answered.push(requestId);
      }
      await pool.end();
    };
    const askers = [asking(), asking(), asking(), asking()];
    for (let n = 0; n < CRASHES; n += 1) {
      const before = answered.length;
      const sealer = await startSealer(n);
      await wait(randomInt(20, 400));
      if (n % 3 === 2) {
        await log.crash();
      }
      sealer.kill('SIGKILL');
      await sealer.gone;
      expect(answered.length).toBeGreaterThan(before);
    }
    isAsking = false;
    await Promise.all(askers);
    while ((await log.sealer.round().catch(() => ({ did: 'FAILED' }))).did !== 'NOTHING') {
      // What a killed server still holds is let go soon.
    }
    expect(await faultsOf(log)).toEqual([]);
    const { rows } = await log.pool.query<{ n: number }>(
      'SELECT count(DISTINCT r.request_id)::int AS n FROM registry.log_row r JOIN seal.leaf l ON l.row_id = r.id WHERE r.request_id = ANY ($1)',
      [answered],
    );
    expect(rows).toEqual([{ n: answered.length }]);
  },
  60_000 + CRASHES * 15_000,
);
