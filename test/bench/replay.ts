import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  execute,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  getNullableType,
  isEnumType,
  isListType,
  isScalarType,
  parse,
} from 'graphql';
import { TIME_LEFT_HEADER } from '../../schema/deadline.ts';
import { youthId } from './world/youths.ts';

/*
 * Subgraphs that replay bytes: a request that came before is answered with the same bytes, out of a map. What is asked for
 * the first time is executed, on the hub's own schemas, with made-up values. One process for all; it checks nobody.
 */

const NAMES = ['registry', 'social-services', 'police', 'school', 'leisure'] as const;

/** Youths of one list. */
const LISTED = 50;

const SCALARS: Readonly<Record<string, unknown>> = {
  ID: '11111111-2222-4333-8444-555555555555',
  String: 'Ett par ord om saken',
  Int: 42,
  Float: 1.5,
  Boolean: true,
  DateTime: '2026-02-03T04:05:06.789Z',
  Date: '2026-02-03',
};

const madeUp: GraphQLFieldResolver<unknown, unknown> = (
  source,
  args,
  _context,
  { fieldName, returnType, parentType },
) => {
  const known = Object(source)[fieldName];
  if (known !== undefined) return known;
  if (parentType.name === 'Query' && fieldName === 'youth') return { __typename: 'Youth', id: args.id };
  if (parentType.name === 'Query' && fieldName === 'youths') return page(Number(args.after ?? 0));
  return madeUpValue(returnType);
};

function page(first: number): object {
  const edges = Array.from({ length: LISTED }, (_, index) => ({ node: { id: youthId(first + index) } }));
  return { edges };
}

function madeUpValue(type: GraphQLOutputType): unknown {
  const bare = getNullableType(type);
  if (isListType(bare)) return [madeUpValue(bare.ofType), madeUpValue(bare.ofType)];
  if (isEnumType(bare)) return bare.getValues()[0]?.value;
  return isScalarType(bare) ? SCALARS[bare.name] : {};
}

async function serve(name: string): Promise<number> {
  const sdl = readFileSync(new URL(`../../schema/generated/${name}.graphql`, import.meta.url), 'utf8');
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl) }]);
  const known = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    let bytes = known.get(body);
    if (bytes === undefined) {
      const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
      const result = await execute({
        schema,
        document: parse(query),
        variableValues: variables,
        fieldResolver: madeUp,
      });
      bytes = Buffer.from(JSON.stringify(result));
      known.set(body, bytes);
    }
    const headers = { 'content-type': 'application/json', 'content-length': bytes.length, [TIME_LEFT_HEADER]: '3000' };
    response.writeHead(200, headers).end(bytes);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

const ports: Record<string, number> = {};
for (const name of NAMES) ports[name] = await serve(name);
process.stdout.write(`${JSON.stringify({ ready: true, ports })}\n`);
process.once('SIGTERM', () => process.exit(0));
