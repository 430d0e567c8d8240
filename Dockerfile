# syntax=docker/dockerfile:1
# The service as an image: `docker build -t cryptocomply-auth .` A registry that wants a login: --secret id=npmrc,src=$HOME/.npmrc
ARG NODE=node:22-bookworm-slim

FROM ${NODE} AS build
WORKDIR /app
COPY . .
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
RUN npm run build

# What runs: no compiler, no embedded PostgreSQL.
FROM ${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --omit=dev --omit=optional --workspaces=false

FROM ${NODE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The image's own user `node`, by number, so that a platform can see that it is not root. It owns nothing here.
USER 1000:1000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the first process, and ends in order on SIGTERM.
CMD ["node", "--max-semi-space-size=32", "--enable-source-maps", "dist/src/main.js"]
