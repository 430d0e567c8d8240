// A peer: better-auth's API-key plugin, as its documentation shows it, on Fastify and PostgreSQL.
import Fastify from 'fastify';
import pg from 'pg';
import { ANSWER } from './answer.mjs';
import { betterAuthOn } from './better-auth-setup.mjs';
import { answerProbes } from './probe.mjs';

answerProbes(pg);
const auth = betterAuthOn(process.env.DATABASE_URL);
const app = Fastify();
app.get('/', async (request, reply) => {
  const { valid } = await auth.api.verifyApiKey({ body: { key: request.headers['x-api-key'] ?? '' } });
  return valid ? ANSWER : reply.code(401).send({ ok: false });
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
