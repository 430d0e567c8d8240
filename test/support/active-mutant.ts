/** Stryker's name for the change that is being tried. */
const NAME = '__STRYKER_ACTIVE_MUTANT__';

/** The variable that has a change of Stryker's hold in another process as well; none where nothing is being tried. */
export function activeMutant(): Record<string, string> {
  const mutant = process.env[NAME];
  return mutant === undefined ? {} : { [NAME]: mutant };
}
