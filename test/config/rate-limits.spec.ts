import { rateLimits } from '../../src/config/rate-limits.js';

const CONTRACT = {
  login_account: { count: 10, seconds: 300 },
  login_address: { count: 30, seconds: 300 },
  refresh: { count: 120, seconds: 60 },
  diagnose: { count: 20, seconds: 60 },
  report_leak: { count: 20, seconds: 60 },
  password: { count: 10, seconds: 60 },
  bad_key: { count: 300, seconds: 60 },
  provider_check: { count: 6, seconds: 60 },
};

describe('RATE_LIMITS', () => {
  it('is the limits of the contract when it is not set', () => {
    expect(rateLimits.parse(undefined)).toEqual(CONTRACT);
  });

  it('changes the limits that it names and no others', () => {
    expect(rateLimits.parse(' login_account=5/900, refresh=1/1 ,')).toEqual({
      ...CONTRACT,
      login_account: { count: 5, seconds: 900 },
      refresh: { count: 1, seconds: 1 },
    });
  });

  it.each([
    'logins=5/60',
    'toString=5/60',
    'refresh',
    'refresh=0/60',
    'refresh=5/0',
    'refresh=-1/60',
    'refresh=5/86401',
    'refresh=5/60s',
    'refresh=1e9/60',
    'refresh=9999999999/60',
  ])('refuses %s, whole, and says what may stand there', (text) => {
    const { error } = rateLimits.safeParse(`login_account=5/900,${text}`);
    expect(error?.issues.map(({ message }) => message)).toEqual([
      `must list name=count/seconds, seconds up to 86400, of ${Object.keys(CONTRACT).join(', ')}`,
    ]);
  });
});
