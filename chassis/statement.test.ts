import { expect, test } from '@jest/globals';
import { Bindings, named, statement } from './statement.ts';

test('numbers names in the order of their first place, each once', () => {
  expect(named('SELECT :b, :a, :b', { a: 1, b: 2 })).toEqual({ text: 'SELECT $1, $2, $1', values: [2, 1] });
});

test('takes null as a value', () => {
  expect(named('SELECT :a::uuid', { a: null })).toEqual({ text: 'SELECT $1::uuid', values: [null] });
});

test('takes no values for a statement without names', () => {
  expect(named('SELECT 1', {})).toEqual({ text: 'SELECT 1', values: [] });
});

test.each([
  ['a cast', 'SELECT :a::text[], now()::date', 'SELECT $1::text[], now()::date'],
  ['a string', "SELECT ':b', 'it''s :b', :a", "SELECT ':b', 'it''s :b', $1"],
  ['a string with escapes', "SELECT E'\\':b', e'\\\\', :a", "SELECT E'\\':b', e'\\\\', $1"],
  ['a word before a string', "SELECT date '2026-01-01', :a, ':b'", "SELECT date '2026-01-01', $1, ':b'"],
  ['a quoted identifier', 'SELECT 1 AS ":b", :a', 'SELECT 1 AS ":b", $1'],
  ['a comment to the end of the line', "SELECT 1 -- the youth's :b\n, :a", "SELECT 1 -- the youth's :b\n, $1"],
  ['a comment between', "SELECT /* :b isn't\n one */ :a", "SELECT /* :b isn't\n one */ $1"],
  ['a string between dollars', 'SELECT $$ :b $$, $x$ :b $$ $x$, :a', 'SELECT $$ :b $$, $x$ :b $$ $x$, $1'],
  ['a slice of an array', 'SELECT x[1:b], x[(1):b], :a', 'SELECT x[1:b], x[(1):b], $1'],
  ['an array', 'SELECT ARRAY[:a], (:a)', 'SELECT ARRAY[$1], ($1)'],
])('leaves %s as it is', (_, given, text) => {
  expect(named(given, { a: 1 })).toEqual({ text, values: [1] });
});

test.each([
  ['a name without a value', 'SELECT :a, :b', { a: 1 }, /Without a value: b\. Not in the text: none/],
  ['a value that the text does not name', 'SELECT :a', { a: 1, b: 2 }, /Without a value: none\. Not in the text: b/],
  ['a value under another name', 'SELECT :a', { b: 1 }, /Without a value: a\. Not in the text: b/],
  ['an undefined value', 'SELECT :a', { a: undefined }, /Without a value: a/],
  ['a name that every object inherits', 'SELECT :constructor', {}, /Without a value: constructor/],
  ['a number written by hand', 'SELECT :a, $1', { a: 1 }, /Name the parameter \$1/],
  ['a comment in a comment', 'SELECT /* /* */ :a */ 1', { a: 1 }, /comment/],
])('refuses %s', (_, text, values, message) => {
  expect(() => named(text, values)).toThrow(message);
  // The second time the text is known, and is checked against the values all the same.
  expect(() => named(text, values)).toThrow(message);
});

test('numbers the same text to the same string, so that it is prepared once', () => {
  const texts = [1, 2].map((a) => named('SELECT :a + :a', { a }));
  expect(texts).toEqual([
    { text: 'SELECT $1 + $1', values: [1] },
    { text: 'SELECT $1 + $1', values: [2] },
  ]);
});

test('keeps the name of a statement, and takes its values by name', () => {
  const youth = statement<{ readonly id: string; readonly agency: string }>(
    'a youth',
    'SELECT FROM youth WHERE agency = :agency AND id = :id',
  );
  expect(youth({ id: 'y', agency: 'a' })).toEqual({
    name: 'a youth',
    text: 'SELECT FROM youth WHERE agency = $1 AND id = $2',
    values: ['a', 'y'],
  });
});

test('refuses to make a statement whose number is written by hand', () => {
  expect(() => statement('by hand', 'SELECT $1')).toThrow(/Name the parameter/);
});

test('puts bound values where they are written', () => {
  const bindings = new Bindings();
  const { bind } = bindings;
  const [from, to] = [bind('2026-01-01', 'date'), bind('2026-02-01', 'date')];
  expect(bindings.statement(`SELECT at < ${to} AND at >= ${from} AND until > ${from}`)).toEqual({
    text: 'SELECT at < $1::date AND at >= $2::date AND until > $2::date',
    values: ['2026-02-01', '2026-01-01'],
  });
});

test('refuses a bound value that no condition uses', () => {
  const bindings = new Bindings();
  bindings.bind(1, 'int');
  expect(() => bindings.statement('SELECT 1')).toThrow(/Not in the text: bound1/);
});
