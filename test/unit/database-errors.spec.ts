import { isUnreachable } from '../../src/common/database-errors.js';

describe('What is answered 503, for the database and not the request is at fault', () => {
  const coded = (code: string) => Object.assign(new Error('…'), { code });

  it.each(['08006', '53300', '57P01', '57014', '55P03', '40P01', '25P03', 'ECONNREFUSED', 'ETIMEDOUT'])(
    'an error with the code %s, from the driver or wrapped by TypeORM',
    (code) => {
      expect(isUnreachable(coded(code))).toBe(true);
      expect(isUnreachable({ driverError: coded(code) })).toBe(true);
    },
  );

  it.each([
    'timeout expired',
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Client has encountered a connection error and is not queryable',
    'Query runner already released. Cannot run queries anymore.',
  ])('the driver’s error without a code: %s', (message) => {
    expect(isUnreachable(new Error(message))).toBe(true);
  });

  it.each(['23505', '22P02', '42P01', '25001', ''])('not an error with the code "%s"', (code) => {
    expect(isUnreachable(coded(code))).toBe(false);
  });
});
