/** Messages of JSON-RPC 2.0 for the OpenAPI document; what is in them, the protocol's own schema says. */
export const JSON_RPC_MESSAGE = {
  type: 'object',
  required: ['jsonrpc', 'method'],
  properties: {
    jsonrpc: { type: 'string', enum: ['2.0'] },
    id: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
    method: { type: 'string', example: 'tools/list' },
    params: { type: 'object', additionalProperties: true },
  },
};

const ANSWER = {
  type: 'object',
  required: ['jsonrpc'],
  properties: {
    jsonrpc: { type: 'string', enum: ['2.0'] },
    id: { oneOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] },
    result: { type: 'object', additionalProperties: true },
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'integer' }, message: { type: 'string' }, data: {} },
    },
  },
};

/** An answer: at once, or as the only event of a stream, which is how the older revision has it. */
export const JSON_RPC_ANSWER = {
  'application/json': { schema: ANSWER },
  'text/event-stream': { schema: { type: 'string' } },
};

/** A refusal: the protocol's, or ours. */
export const JSON_RPC_REFUSAL = {
  'application/json': { schema: { anyOf: [ANSWER, { $ref: '#/components/schemas/BadRequest' }] } },
};
