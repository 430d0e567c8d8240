/** JSON that is no object, and text that is no JSON: sent as they are. */
export const NO_OBJECTS: readonly string[] = [
  'null',
  '[]',
  '[{}]',
  '7',
  '"text"',
  'true',
  '{',
  '{"a":1',
  '{"a":1}}',
  "{'a':1}",
  '\u0000',
  '{"__proto__":{"is_staff":true}}',
  '{"constructor":{"prototype":{}}}',
  '['.repeat(5_000),
  `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
];

/** What is no id, where a path names one. */
export const BAD_PATH_PARTS: readonly string[] = [
  '0',
  '-1',
  '01',
  '1e3',
  '0x1',
  '1.0',
  '+1',
  '%201',
  '1%00',
  '2147483648',
  '99999999999999999999',
  'null',
  'me',
  '%',
  '%ff',
  '%D9%A1', // an Arabic-Indic one
  "1'--",
  '1%2f2',
  '2147483647',
  '9'.repeat(600),
];

/** What is no page of any list. */
export const BAD_PAGES: readonly string[] = [
  '0',
  '-1',
  '1.5',
  'first',
  ' ',
  '2e0',
  '999999999',
  '99999999999',
  '\0',
];
