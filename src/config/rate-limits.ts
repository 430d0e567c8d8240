import { z } from 'zod';

/** At most `count` in `seconds`. */
export interface RateLimitSetting {
  readonly count: number;
  readonly seconds: number;
}

/** The limits of the contract, §2. */
const DEFAULTS = {
  /** Failed logins (login and token alike) of one account. */
  login_account: { count: 10, seconds: 300 },
  /** Failed logins from one address. */
  login_address: { count: 30, seconds: 300 },
  /** Calls from one address. */
  refresh: { count: 120, seconds: 60 },
  diagnose: { count: 20, seconds: 60 },
  report_leak: { count: 20, seconds: 60 },
  password: { count: 10, seconds: 60 },
  /** Bad API keys from one address. */
  bad_key: { count: 300, seconds: 60 },
  /** Checks of one provider key. */
  provider_check: { count: 6, seconds: 60 },
} satisfies Record<string, RateLimitSetting>;

export type RateLimitName = keyof typeof DEFAULTS;
type RateLimitSettings = Readonly<Record<RateLimitName, RateLimitSetting>>;

const PART = /^([a-z_]+)=([1-9]\d{0,8})\/([1-9]\d{0,4})$/;
/** Counters live as long as a window; a day bounds how many there are (E8). */
const LONGEST_WINDOW_SECONDS = 86_400;

/** `login_account=10/300,refresh=120/60`: count and seconds by name; what isn't named keeps its default. */
export const rateLimits = z
  .string()
  .default('')
  .transform((text, context): RateLimitSettings => {
    const changed: Partial<Record<RateLimitName, RateLimitSetting>> = {};
    for (const part of text.split(',').flatMap((piece) => piece.trim() || [])) {
      const [, name = '', count, seconds] = PART.exec(part) ?? [];
      if (isName(name) && Number(seconds) <= LONGEST_WINDOW_SECONDS) {
        changed[name] = { count: Number(count), seconds: Number(seconds) };
      } else {
        const message = `must list name=count/seconds, seconds up to ${LONGEST_WINDOW_SECONDS}, of ${Object.keys(DEFAULTS).join(', ')}`;
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }
    }
    return { ...DEFAULTS, ...changed };
  });

function isName(text: string): text is RateLimitName {
  return Object.hasOwn(DEFAULTS, text);
}
