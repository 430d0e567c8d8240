// What stands behind a pass-through: answers /v1/chat/completions with JSON of 2 kB, and /v1/responses with a stream of 200
// events, each sent by itself.
import { createServer } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EVENTS, EVENT_STREAM, JSON_TEXT } from './provider-answers.mjs';
import { answerProbes } from './probe.mjs';

let received = 0;
answerProbes(undefined, { received: () => ({ received }) });

createServer(async (request, response) => {
  request.resume();
  if (request.method !== 'POST') return response.end();
  received += 1;
  if (request.url === '/v1/chat/completions') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': JSON_TEXT.length });
    return response.end(JSON_TEXT);
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'content-length': EVENT_STREAM.length });
  for (const event of EVENTS) {
    response.write(event);
    await nextTurn();
  }
  response.end();
}).listen(Number(process.env.PORT), '127.0.0.1');
