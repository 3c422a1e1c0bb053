import type { Subgraph } from '../subgraph.ts';
import { AccessLogResolver } from './access-log-resolver.ts';
import { AcknowledgeResolver } from './acknowledge.ts';
import { BarCallerResolver } from './bar-caller.ts';
import { CatalogueResolver } from './catalogue.ts';
import { EndSeatResolver } from './end-seat.ts';
import { entities } from './entities.ts';
import { ConsentResolver, GroupResolver, YouthGroupsResolver } from './group-resolvers.ts';
import { ListsResolver } from './lists.ts';
import { MeResolver } from './me.ts';
import { RegistryMemberships } from './membership.ts';
import { migrations } from './migrations/index.ts';
import { seed } from './seed.ts';
import { SignResolver } from './sign.ts';
import { WithdrawResolver } from './withdraw.ts';

/** The hub's own: who takes part, under which consent, and the access log. It decides; it holds nobody's records. */
export const subgraph: Subgraph = {
  name: 'registry',
  categories: [],
  resolvers: [
    MeResolver,
    CatalogueResolver,
    YouthGroupsResolver,
    GroupResolver,
    ConsentResolver,
    ListsResolver,
    SignResolver,
    WithdrawResolver,
    AcknowledgeResolver,
    EndSeatResolver,
    BarCallerResolver,
    AccessLogResolver,
  ],
  entities,
  migrations,
  seed,
  membership: (context) => new RegistryMemberships(context),
};
