const days = (count: number) => `${count} ${count === 1 ? 'day' : 'days'}`;

/** When a key ends. */
export const expiry = {
  preset: (count: number, date: string) => `${days(count)}, on ${date}`,
  onDate: 'On a date of your choice',
  date: 'Date',
  never: 'Never',
};

/** From which networks something is reached. */
export const networks = {
  label: 'Networks',
  everywhere: 'From everywhere',
  ofKey: 'Only from these it works, one a line, like 192.0.2.0/24. None: from everywhere.',
  limit: 'Let it work from some networks only',
};
