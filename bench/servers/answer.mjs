/** What every route of every server answers, so that nothing but the way to it differs. */
export const ANSWER = { ok: true };
export const ANSWER_TEXT = JSON.stringify(ANSWER);
