/** Hears how far long work is: so many of so many; without a total nobody knows of how many. */
export type OnProgress = (done: number, total?: number) => void;
