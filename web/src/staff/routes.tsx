/** The staff's pages. */
export const staffRoutes = [] as const;
