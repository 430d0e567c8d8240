import { applyDecorators, Controller, Get, Post, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KEY_TYPES } from '../access/key-types.js';
import { CurrentMember, RequirePermission } from '../access/decorators.js';
import type { Membership } from '../access/principal.js';
import { PassThrough } from './pass-through.js';
import { RawBody } from './raw-body.js';

const Documented = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Call a provider with the stored key',
      description:
        'Path and query go to the provider byte for byte, the JSON body as it comes; the answer streams back. ' +
        'Other calls than screening, search, completions and the like are 404.',
    }),
    ApiParam({ name: 'key_type', enum: KEY_TYPES }),
    ApiParam({ name: 'path', description: 'The path at the provider, slashes included.' }),
    ApiHeader({
      name: 'CryptoComply-Provider-Key',
      description: 'The id of the key to use, if not the preferred.',
    }),
    ApiOkResponse({
      description: 'The provider’s answer; its 400, 404, 409 and 422 come back as they are, too.',
      headers: { 'CryptoComply-Provider-Status': { schema: { type: 'integer' } } },
      content: { 'application/json': {}, 'text/event-stream': {} },
    }),
  ) as MethodDecorator;

const JsonBody = (): MethodDecorator => ApiBody({ schema: {}, required: false }) as MethodDecorator;

/** Three handlers rather than one for all methods: no provider's call that is allowed has another, and others are 404. */
@ApiTags('Provider calls')
@Controller('api/orgs/:org_pk/providers/:key_type')
export class PassThroughController {
  constructor(private readonly passThrough: PassThrough) {}

  @Get('*')
  @RequirePermission('provider_key.use')
  @RawBody()
  @Documented()
  get(
    @CurrentMember() member: Membership,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.passThrough.carry(member, request, reply);
  }

  @Post('*')
  @RequirePermission('provider_key.use')
  @RawBody()
  @Documented()
  @JsonBody()
  post(
    @CurrentMember() member: Membership,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.passThrough.carry(member, request, reply);
  }

  @Put('*')
  @RequirePermission('provider_key.use')
  @RawBody()
  @Documented()
  @JsonBody()
  put(
    @CurrentMember() member: Membership,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.passThrough.carry(member, request, reply);
  }
}
