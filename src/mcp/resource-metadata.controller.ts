import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/decorators.js';
import { ENV } from '../config/config.module.js';
import { type Env, servesDocs } from '../config/env.js';
import { publicOrigin } from '../config/public-origin.js';
import { SERVER } from './mcp-endpoint.js';

const TEXT = { type: 'string' };
const METADATA = {
  type: 'object',
  required: ['resource', 'resource_name', 'bearer_methods_supported'],
  properties: {
    resource: TEXT,
    resource_name: TEXT,
    bearer_methods_supported: { type: 'array', items: TEXT },
    resource_documentation: TEXT,
  },
};

/** What a protected resource is by its metadata (RFC 9728 §2). */
export interface ResourceMetadata {
  readonly resource: string;
  readonly resource_name: string;
  readonly bearer_methods_supported: readonly string[];
  readonly resource_documentation?: string;
}

/**
 * What `/mcp` is, at the place where clients look for it (RFC 9728 §3.1). It names no authorization server, for there is
 * none: a key is made in the console, and a token is had for a password.
 */
@ApiTags('MCP')
@Controller('.well-known/oauth-protected-resource')
export class ResourceMetadataController {
  constructor(@Inject(ENV) private readonly env: Env) {}

  @Get('mcp')
  @Public()
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({ summary: 'What `/mcp` is, as a protected resource (RFC 9728)' })
  @ApiOkResponse({ schema: METADATA })
  show(): ResourceMetadata {
    const origin = publicOrigin(this.env);
    return {
      resource: `${origin}/mcp`,
      resource_name: SERVER.title,
      bearer_methods_supported: ['header'],
      ...(servesDocs(this.env) && { resource_documentation: `${origin}/docs/mcp/` }),
    };
  }
}
