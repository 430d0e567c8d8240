const TEXT = 'Screened against the lists of today; nothing was found. ';

/** What provider.mjs answers: JSON of 2 kB, all ASCII. */
export const JSON_TEXT = JSON.stringify({ id: 'bench', output: TEXT.repeat(40).slice(0, 2_000) });

/** Of a stream as language models send it: a word or two in each. */
export const EVENTS = Array.from(
  { length: 200 },
  (_, index) => `data: ${JSON.stringify({ id: 'bench', index, delta: TEXT.slice(0, 12) })}\n\n`,
);
export const EVENT_STREAM = EVENTS.join('');
