/**
 * The messages that clients get in place of graphql-js' validation messages, by their beginnings. Those repeat names
 * and values that the client sent and suggest others. Only names of the schema's own types are kept; locations show the
 * place.
 */
const MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/^Cannot query field ".*" on type "(\w+)"/, 'The type $1 has no such field.'],
  [/^Field ".*" of type "([\w![\]]+)" must have a selection/, 'A field of type $1 needs a selection of subfields.'],
  [/^Field ".*" must not have a selection since type "([\w![\]]+)"/, 'A field of type $1 has no subfields to select.'],
  [/^Unknown argument /, 'The field or directive has no such argument.'],
  [
    /^(?:Field|Directive) "@?\w+" argument "\w+" of type "([\w![\]]+)" is required/,
    'An argument of type $1 is required.',
  ],
  [/^Field "[\w.]+" of required type "([\w![\]]+)" was not provided/, 'An input field of type $1 is required.'],
  [/^Expected value of type "([\w![\]]+)", found /, 'Expected a value of type $1.'],
  [/^Expected a value of the enum (\w+: [\w, ]+)\.$/, 'Expected a value of the enum $1.'],
  [/^(?:Value|Enum "\w+") .*? "(\w+)" enum/, 'Expected a value of the enum $1.'],
  [/^(\w+) cannot represent /, 'Expected a value of type $1.'],
  [/^Field ".*" is not defined by type "(\w+)"/, 'The input type $1 has no such field.'],
  [/used in position expecting type "([\w![\]]+)"/, 'A variable is used where a value of type $1 is expected.'],
  [/^Variable "\$.*" is not defined/, 'The operation uses a variable that it does not declare.'],
  [/^Variable "\$.*" is never used/, 'The operation declares a variable that it never uses.'],
  [/^Unknown type /, 'There is no such type.'],
  [/^Unknown fragment /, 'There is no such fragment.'],
  [/^Unknown directive /, 'There is no such directive.'],
  [/^Fragment ".*" is never used/, 'The document declares a fragment that it never uses.'],
  [/^Cannot spread fragment ".*" within itself/, 'A fragment contains itself.'],
  [/can never be of type "(\w+)"/, 'A fragment on $1 can never apply here.'],
  [/^Fields ".*" conflict because /, 'Two fields of the same name ask for different things: give one an alias.'],
  [/^Subscriptions are not served/, 'Subscriptions are not served: poll groupUpdates, or the news of a sector.'],
  [/^GraphQL introspection is not allowed/, 'Introspection is off here: read the published schema.'],
];

const ANY = 'The operation does not fit the schema.';
const NEXT = 'Compare the place that locations names with the published schema.';

/** The message of a validation error, without anything that the client sent. */
export function validationMessage(message: string): string {
  for (const [beginning, text] of MESSAGES) {
    const found = beginning.exec(message);
    if (found !== null) return `${text.replace('$1', found[1] ?? '')} ${NEXT}`;
  }
  return `${ANY} ${NEXT}`;
}

/** The message of a variable's coercion error without its value, or undefined if the message is of another kind. */
export function variableMessage(message: string): string | undefined {
  if (!message.startsWith('Variable "$')) return undefined;
  const type = /^Variable "\$\w+" of (?:required|non-null) type "([\w![\]]+)"/.exec(message)?.[1];
  const expected =
    type === undefined
      ? 'A variable has a value that its type does not allow'
      : `A variable of type ${type} has a wrong value`;
  return `${expected}. Compare the variable that locations names with the published schema.`;
}
