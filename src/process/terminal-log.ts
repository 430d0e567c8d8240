/** Where the log goes when somebody is looking: readable lines on the terminal; `undefined`: nobody is, JSON as it is. */
export async function terminalLog(): Promise<{ write(line: string): void } | undefined> {
  if (!process.stdout.isTTY) return undefined;
  const { default: pretty } = await import('pino-pretty');
  return pretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname', singleLine: true });
}
