import { Entity, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { References, Text } from '../sql/storage.ts';
import { Sector, SectorRow } from './sector.ts';

/** One authority: sector plus principal; the hub itself is of no sector. */
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
@Directive('@open(reason: "Which authorities take part is public.")')
@ObjectType('Agency', {
  description: 'One authority: a sector and a principal, as school:skovde (myndighet eller huvudman).',
})
export class Agency {
  @Field(() => ID, { description: 'Its code, as school:skovde.' })
  code!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => Sector, { nullable: true, description: 'Its sector; null for the hub itself.' })
  sector!: Sector | null;
}

/** SQL of an agency as GraphQL shows it, from a row `alias` of registry.agency. */
export function agencySql(alias: string): string {
  return `jsonb_build_object('code', ${alias}.code, 'name', ${alias}.name, 'sector',
    CASE WHEN ${alias}.sector IS NOT NULL THEN jsonb_build_object('code', ${alias}.sector) END)`;
}
