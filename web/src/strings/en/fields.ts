const days = (count: number) => `${count} ${count === 1 ? 'day' : 'days'}`;

/** When a key ends. */
export const expiry = {
  preset: (count: number, date: string) => `In ${days(count)}, on ${date}`,
  onDate: 'On a date of your choice',
  date: 'Date',
  never: 'Never',
};

/** From which networks something is reached. */
export const networks = {
  label: 'Networks',
  everywhere: 'From everywhere',
  ofKey: 'It works from these alone, one a line, like 192.0.2.0/24. Empty: from everywhere.',
  limit: 'Limit it to some networks',
};
