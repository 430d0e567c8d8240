// The limit: bare Fastify, no credential.
import Fastify from 'fastify';
import { ANSWER } from './answer.mjs';
import { answerProbes } from './probe.mjs';

answerProbes();
const app = Fastify();
app.get('/', () => ANSWER);
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
