import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { ToolCaller } from '../access/decorators.js';
import { Refuses } from '../common/error-schemas.js';
import { ForPrograms } from '../http/own-host.js';
import { McpEndpoint } from './mcp-endpoint.js';
import { JSON_RPC_ANSWER, JSON_RPC_MESSAGE, JSON_RPC_REFUSAL } from './mcp-schemas.js';
import type { CallersRequest } from './tool-calls.js';

/** Where assistants call tools (contract §7). */
@ApiTags('MCP')
@Controller('mcp')
export class McpController {
  constructor(private readonly endpoint: McpEndpoint) {}

  @Post()
  @HttpCode(200)
  @ToolCaller()
  @ForPrograms('mcp')
  @ApiOperation({
    summary: 'The Model Context Protocol, for assistants',
    description:
      'Streamable HTTP without sessions, protocol versions 2025-11-25 and 2026-07-28. `tools/list` says what there is.',
  })
  @ApiBody({ schema: JSON_RPC_MESSAGE })
  @ApiResponse({ status: 200, description: 'The answer.', content: JSON_RPC_ANSWER })
  @ApiResponse({ status: 202, description: 'A notification was taken.' })
  @ApiResponse({ status: 400, description: 'No message of the protocol.', content: JSON_RPC_REFUSAL })
  @ApiResponse({ status: 404, description: 'No method of the protocol.', content: JSON_RPC_REFUSAL })
  @Refuses(403, 'Another host, or a page of another site.')
  async answer(
    @Req() request: CallersRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | Readable | undefined> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const answer = await this.endpoint.answer(request, gone.signal);
    const { status, headers, body } = answer;
    headers.delete('connection'); // a matter of this connection, not of the protocol's server (RFC 9110 §7.6.1)
    void reply.code(status).headers(Object.fromEntries(headers));
    if (body === null) return undefined;
    if (headers.get('content-type')?.startsWith('application/json')) return answer.text();
    return Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
  }
}
