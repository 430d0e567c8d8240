import { NotFound } from '../common/errors.js';

/** A command that can't be done as things are; the message says why, and what to do. */
export class CommandRefused extends Error {}

/** The outcome of `work`; where what it works on is not there, it is refused by name. */
export async function of<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof NotFound ? new CommandRefused(`There is no ${what}.`) : error;
  }
}
