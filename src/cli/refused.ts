import { NotFound } from '../common/errors.js';

/** A command that can't be done as things are; the message says why, and what to do. */
export class CommandRefused extends Error {}

/** What `read` gives of a file that was named; where it can't be read, that is refused in one sentence. */
export async function fromFile<T>(file: string, read: (file: string) => Promise<T>): Promise<T> {
  try {
    return await read(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new CommandRefused(`${file} can't be read: ${code}.`);
  }
}

/** The outcome of `work`; where what it works on is not there, it is refused by name. */
export async function of<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof NotFound ? new CommandRefused(`There is no ${what}.`) : error;
  }
}
