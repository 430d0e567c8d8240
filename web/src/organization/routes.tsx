/** The pages of one organization. */
export const organizationRoutes = [] as const;
