// A peer: @fastify/reply-from alone, which passes on whatever comes, as @fastify/http-proxy sets it up.
import Fastify from 'fastify';
import replyFrom from '@fastify/reply-from';
import { answerProbes } from './probe.mjs';

answerProbes();
const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', (_request, body, done) => done(null, body));
await app.register(replyFrom, { base: process.env.PROVIDER, undici: { connections: 256 } });
app.all('/*', (request, reply) => reply.from(request.url));
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
