/** The staff's pages: one group of strings for each. */
export const staff = {};
