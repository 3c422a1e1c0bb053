import type { SchemaCheck } from '../check.ts';

/** There is no Subscription type: a stream would go on after its decision, past the release deadline (C14). */
export const subscriptionsAreAbsent: SchemaCheck = {
  rule: 'subscriptions-are-absent',
  joined: true,
  *find({ types, roots }) {
    if (!types.has(roots.subscription)) return;
    yield {
      coordinate: roots.subscription,
      message: 'is a subscription type. Answer queries; clients ask again by a cursor.',
    };
  },
};
