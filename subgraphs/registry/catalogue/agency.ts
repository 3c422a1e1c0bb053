import { Entity, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { References, Text } from '../sql/storage.ts';
import { Sector, SectorRow } from './sector.ts';

/** One authority: sector plus principal. The hub itself has no sector. */
@Entity({ tableName: 'agency' })
export class AgencyRow {
  @PrimaryKey({ type: 'integer', generated: 'by default as identity' })
  id!: number;

  @Text({ unique: 'agency_code_key' })
  code!: string;

  @Text()
  name!: string;

  @References(() => SectorRow, { nullable: true })
  sector: string | null = null;
}

/** One authority. */
@Directive('@open(reason: "Which authorities take part is public knowledge.")')
@ObjectType('Agency', {
  description: 'An authority: a sector and a principal, for example school:skovde (myndighet eller huvudman).',
})
export class Agency {
  @Field(() => ID, { description: 'The agency’s code, for example school:skovde.' })
  code!: string;

  @Field(() => String, { description: 'The name.' })
  name!: string;

  @Field(() => Sector, { nullable: true, description: 'The agency’s sector. Null for the hub itself.' })
  sector!: Sector | null;
}

/** The SQL of an agency as GraphQL shows it, from a row `alias` of registry.agency. */
export function agencySql(alias: string): string {
  return `jsonb_build_object('code', ${alias}.code, 'name', ${alias}.name, 'sector',
    CASE WHEN ${alias}.sector IS NOT NULL THEN jsonb_build_object('code', ${alias}.sector) END)`;
}
