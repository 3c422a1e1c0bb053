import { randomUUID } from 'node:crypto';
import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Info,
  ObjectType,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import type { HubContext } from '../decide/context.ts';
import { OfYouth } from '../decide/guard.ts';
import { selectedBelow } from '../decide/selected.ts';
import { type ClassReference, capitalised } from '../names.ts';
import type { ReadRecord } from '../record/read.ts';
import type { RecordKind } from '../record/record-kind.ts';
import { Youth } from '../youth/youth.ts';
import { type KindNews, NewsKind, newsOf, type ToldChange } from './news.ts';
import { type CursorContent, CursorSeal } from './news-cursor.ts';

registerEnumType(NewsKind, {
  name: 'NewsKind',
  description: 'The change of a record since the cursor, for the caller.',
  valuesConfig: {
    FROM_START: {
      description:
        'The records of this kind from this agency are listed from the start, because the cursor does not know the permission. Forget all earlier ones. This change has no id.',
    },
    RECORDED: { description: 'The caller may read the record now and could not at the cursor.' },
    CORRECTED: { description: 'The record has changed.' },
    WITHDRAWN: { description: 'The caller could read the record at the cursor and no longer can. Forget it.' },
  },
});

/** The news about one youth in one sector: the field on Youth makes it, and the fields below report it. */
class SectorNews extends OfYouth {
  readonly #context: HubContext;
  readonly #opened: Opened;
  /** The kinds that this selection asks for, with the fields of their records. */
  readonly #asked: ReadonlyMap<RecordKind, ReadonlySet<string>>;

  constructor(
    youthId: string,
    opened: Opened,
    asked: ReadonlyMap<RecordKind, ReadonlySet<string>>,
    context: HubContext,
  ) {
    super(youthId);
    this.#opened = opened;
    this.#asked = asked;
    this.#context = context;
  }

  /** The news of one kind. All youths of a request share one statement. */
  of(kind: RecordKind): Promise<KindNews> {
    const fields = this.#asked.get(kind) ?? new Set<string>();
    const { name: cursorsName, cursors } = this.#opened;
    const name = ['news', kind.name, [...fields].sort().join(), cursorsName].join(' ');
    const question = { kind, fields, cursors };
    return this.#context.loader(name, (youths) => newsOf(question, youths, this.#context)).load(this.youthId);
  }

  /** The cursor after everything that this selection reports. A kind that it does not ask for does not count as reported. */
  async cursor(): Promise<string | null> {
    const kinds = await Promise.all(
      [...this.#asked.keys()].map(async (kind) => [kind.name, await this.of(kind)] as const),
    );
    const told = kinds.flatMap(([name, { history, position }]) =>
      history === null || position === null ? [] : [{ name, history, position }],
    );
    const seal = await CursorSeal.of(this.#context);
    return seal.seal({
      youth: this.youthId,
      history: told[0]?.history ?? '',
      positions: Object.fromEntries(told.map(({ name, position }) => [name, position])),
    });
  }
}

/** `schoolNews` on Youth, with a field below it for every kind of record of the sector. */
export function newsResolvers(
  prefix: string,
  kinds: readonly RecordKind[],
): { readonly resolvers: readonly ClassReference[]; readonly types: readonly ClassReference[] } {
  const name = `${prefix}News`;
  const fields = new Map(kinds.map((kind) => [fieldOf(kind), kind]));

  @ObjectType(capitalised(name), {
    description:
      'The changes about a youth, by kind of record. Each kind is decided and logged as a reading of its category.',
  })
  class News {}

  @Resolver(() => Youth)
  class OnYouth {
    @Directive('@open(reason: "A frame. Each kind below it is decided by its own category.")')
    @FieldResolver(() => News, {
      name,
      nullable: true,
      description:
        'The changes of the sector’s records about the youth since the cursors in `after`. Without a cursor of this youth it lists everything that the caller may read. Ask for the same kinds each time: a kind that the cursor does not know starts from the beginning. BAD_USER_INPUT if a cursor did not come from this field to the caller’s agency.',
    })
    async [name](
      @Root() youth: Youth,
      @Ctx() context: HubContext,
      @Info() info: GraphQLResolveInfo,
      @Arg('after', () => [String], {
        nullable: true,
        description: 'The cursors of the last poll, at most 200, for any youths. Each youth takes its own.',
      })
      after?: string[] | null,
    ): Promise<SectorNews> {
      return new SectorNews(youth.id, await opened(after ?? [], context), askedIn(info, fields), context);
    }
  }

  @Resolver(() => News)
  class CursorOfNews {
    @Directive('@open(reason: "Sealed. It reveals nothing to its holder.")')
    @FieldResolver(() => String, {
      nullable: true,
      description:
        'The cursor for the next poll, which then lists later changes. Keep it once you have stored the changes listed here. If there is an error other than CONSENT_REQUIRED below, keep the previous cursor. Null if the cursor would be too long: the next poll then lists everything from the start.',
    })
    cursor(@Root() news: SectorNews): Promise<string | null> {
      return news.cursor();
    }
  }

  const told = kinds.map((kind) => kindOfNews(kind, News));
  return {
    resolvers: [OnYouth, CursorOfNews, ...told.map(({ resolver }) => resolver)],
    types: [News, ...told.map(({ type }) => type)],
  };
}

function kindOfNews(kind: RecordKind, news: ClassReference): { resolver: ClassReference; type: ClassReference } {
  const name = fieldOf(kind);

  @Directive(`@consent(category: "${kind.category}")`)
  @ObjectType(`${kind.name}News`, { description: `A change of a record: ${kind.what}.` })
  class KindOfNews {
    @Field(() => NewsKind, { nullable: true, description: 'The kind of change.' })
    kind!: NewsKind;

    @Field(() => ID, { nullable: true, description: 'The id of the record (UUID). Null with FROM_START.' })
    id!: string | null;

    @Directive('@words(reason: "The code of an agency, from the link.")')
    @Field(() => String, {
      nullable: true,
      description: 'The agency in which the record originated, for example school:skovde.',
    })
    agency!: string;

    @Field(() => kind.type, {
      nullable: true,
      description: 'The record as it reads now. Null with FROM_START and WITHDRAWN.',
    })
    record!: ReadRecord | null;
  }

  @Resolver(() => news)
  class Tells {
    @Directive(`@consent(category: "${kind.category}")`)
    @FieldResolver(() => [KindOfNews], {
      name,
      nullable: true,
      description: `Changes of records: ${kind.what}. The oldest change comes first. A record that has changed several times is listed once.`,
    })
    async [name](@Root() parent: SectorNews): Promise<readonly ToldChange[]> {
      return (await parent.of(kind)).told;
    }
  }
  return { resolver: Tells, type: KindOfNews };
}

/** `suspicion` for the kind Suspicion. */
function fieldOf({ name }: RecordKind): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** The cursors of one argument, by youth, and a name for them within the request. */
interface Opened {
  readonly name: string;
  readonly cursors: ReadonlyMap<string, CursorContent>;
}

/** Opens the cursors once in a request, for all youths that share them. */
function opened(after: readonly string[], context: HubContext): Promise<Opened> {
  const lists = context.loader('news cursors', async (texts) => {
    const seal = await CursorSeal.of(context);
    return texts.map((text) => ({ name: randomUUID(), cursors: seal.open(JSON.parse(text) as string[]) }));
  });
  return lists.load(JSON.stringify(after));
}

/** The kinds whose fields stand in the selection, skip and include evaluated, with the fields asked of their records. */
function askedIn(
  info: GraphQLResolveInfo,
  kinds: ReadonlyMap<string, RecordKind>,
): ReadonlyMap<RecordKind, ReadonlySet<string>> {
  const asked = new Map<RecordKind, Set<string>>();
  for (const { field, nodes, parent } of selectedBelow(info, info.returnType, info.fieldNodes)) {
    const kind = kinds.get(field);
    if (kind === undefined) continue;
    const records = selectedBelow(info, parent.getFields()[field]?.type, nodes).filter(
      ({ field }) => field === 'record',
    );
    const fields = records.flatMap(({ parent, nodes }) => selectedBelow(info, parent.getFields().record?.type, nodes));
    asked.set(kind, new Set([...(asked.get(kind) ?? []), ...fields.map(({ field }) => field)]));
  }
  return asked;
}
