/** The organization's pages: one group of strings for each. */
export const organization = {};
