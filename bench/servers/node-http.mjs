// The limit: node:http alone, no routing, no credential.
import { createServer } from 'node:http';
import { ANSWER_TEXT } from './answer.mjs';
import { answerProbes } from './probe.mjs';

answerProbes();
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': ANSWER_TEXT.length };
createServer((_request, response) => response.writeHead(200, headers).end(ANSWER_TEXT)).listen(
  Number(process.env.PORT),
  '127.0.0.1',
);
