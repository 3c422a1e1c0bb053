import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { isObjectType } from 'graphql';
import { decodeJwt } from 'jose';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { Labels } from '../../../chassis/decide/labels.ts';
import { createPool } from '../../../chassis/store/database.ts';
import { exitOnFault } from '../../../process/configuration.ts';
import type { Role } from '../../../schema/caller.ts';
import { serveOpenSector } from '../open-sector.ts';

/*
 * A sector with what a team would otherwise build: a graphql-shield rule on every guarded field of Youth, which asks
 * PostgreSQL whether a consent covers the category and writes a row that says who asked. It takes the client's token
 * unverified, which spares it work.
 */

// It imports a function that Node no longer has; given back, its CommonJS half works.
const require = createRequire(import.meta.url);
Object.assign(require('node:util'), { isUndefined: (value: unknown) => value === undefined });
const { rule, shield } = require('graphql-shield') as typeof import('graphql-shield');
const { applyMiddleware } = require('graphql-middleware') as typeof import('graphql-middleware');

const CONSENT = `
  SELECT EXISTS (
    SELECT FROM registry.intervention_group g
    JOIN registry.seat s ON s.group_id = g.id AND s.ended_at IS NULL AND s.holder = $2
    JOIN registry.agency mine ON mine.id = s.agency AND mine.code = $3
    JOIN registry.consent c ON c.group_id = g.id AND c.fully_signed_at IS NOT NULL
      AND c.valid_from <= now() AND c.valid_until > now()
    JOIN registry.consent_grant cg ON cg.consent = c.id AND cg.recipient = mine.id AND cg.acknowledged_at IS NOT NULL
    JOIN registry.category k ON k.id = cg.category AND k.code = $4
    WHERE g.youth = $1 AND g.opened_at IS NOT NULL AND g.ended_at IS NULL
  ) OR EXISTS (SELECT FROM registry.category k WHERE k.code = $4 AND k.sector = split_part($3, ':', 1)) AS granted`;

const ACCESS = `INSERT INTO public.bench_access (youth, caller, agency, category, granted) VALUES ($1, $2, $3, $4, $5)`;

exitOnFault(async () => {
  const [, , name = ''] = process.argv;
  const registry = createPool(process.env.SAMSYN_BENCH_REGISTRY_URL ?? '', 8);
  const asksFor = (category: string) =>
    rule({ cache: 'no_cache' })(async ({ id }: { id: string }, _args, { caller }: HubContext) => {
      const about = [id, caller.subject, caller.agency, category];
      const { rows } = await registry.query({ name: 'consent', text: CONSENT, values: about });
      const granted = rows[0]?.granted === true;
      await registry.query({ name: 'access', text: ACCESS, values: [...about, granted] });
      return granted;
    });
  await serveOpenSector({
    name,
    databaseUrl: process.env.SAMSYN_BENCH_DATABASE_URL ?? '',
    whoAsks: async (token) => {
      const { sub = '', agency, roles } = decodeJwt<{ agency: string; roles: Role[] }>(token);
      const operation = { hash: '', name: null, requestId: randomUUID() };
      return { caller: { subject: sub, actor: null, agency, roles }, operation };
    },
    around: (schema) => {
      const labels = new Labels(schema);
      const youth = schema.getType('Youth');
      const fields = isObjectType(youth) ? Object.keys(youth.getFields()) : [];
      const rules = fields.flatMap((field) => {
        const label = labels.of('Youth', field).find(({ kind }) => kind === 'consent');
        return label?.kind === 'consent' ? [[field, asksFor(label.category)]] : [];
      });
      return applyMiddleware(schema, shield({ Youth: Object.fromEntries(rules) }));
    },
  });
});
