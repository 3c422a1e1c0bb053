import type { Mutant } from './mutant.ts';

const EXCHANGE = 'gateway/admit/exchange-token.ts';
const EXCHANGE_TEST = ['gateway/admit/exchange-token'];

/** The exchange of tokens for other routers. */
export const routers: readonly Mutant[] = [
  {
    breaks: 'an assertion is made for a router with the secret alone',
    file: EXCHANGE,
    find: 'timingSafeEqual(digest(authorization), expected)',
    replace: "authorization !== '' && expected.length > 0",
    tests: EXCHANGE_TEST,
  },
  {
    breaks: 'there is no exchange where none is configured',
    file: EXCHANGE,
    find: 'trust === null ? () => false :',
    replace: 'trust === null ? () => true :',
    tests: EXCHANGE_TEST,
  },
  {
    breaks: 'a router chooses no audience and adds no actor',
    file: EXCHANGE,
    find: ' || names.some((name) => !PARAMETERS.includes(name))',
    replace: '',
    tests: EXCHANGE_TEST,
  },
  {
    breaks: 'a router’s assertion is of a type of its own',
    file: 'schema/caller.ts',
    find: "const ROUTER_TYPE = 'samsyn-router-caller+jwt';",
    replace: 'const ROUTER_TYPE = TYPE;',
    tests: ['schema/caller', ...EXCHANGE_TEST],
  },
];
