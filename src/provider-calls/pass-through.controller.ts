import { applyDecorators, Controller, Delete, Get, Patch, Post, Put, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiExcludeEndpoint,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KEY_TYPES } from '../access/key-types.js';
import { CurrentMember, RequirePermission } from '../access/decorators.js';
import type { Membership } from '../access/principal.js';
import { PassThrough } from './pass-through.js';
import { RefusesForProvider } from './provider-errors.js';
import { RawBody } from '../http/bodies/raw-bodies.js';

/** Of any form: the provider's matter. */
const PassedOn = (status: 400 | 404 | 409 | 422 | '2XX', description: string): MethodDecorator =>
  ApiResponse({
    status,
    description,
    headers: { 'CryptoComply-Provider-Status': { schema: { type: 'integer' } } },
    content: { 'application/json': {}, 'text/event-stream': {} },
  }) as MethodDecorator;

/** Stands above the access decorator, for here a 404 can be the provider's. */
const Documented = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Call a provider with the stored key',
      description:
        'Path and query go to the provider byte for byte, the JSON body as it comes; the answer streams back. ' +
        'Other calls than screening, search, completions and the like, as `GET /api/orgs/{org_pk}/providers/` lists them, ' +
        'are 404 `call_not_allowed`.',
    }),
    ApiParam({ name: 'key_type', enum: KEY_TYPES }),
    ApiParam({ name: 'path', description: 'The path at the provider, slashes included.' }),
    ApiHeader({
      name: 'CryptoComply-Provider-Key',
      description: 'The id of the key to use, if not the preferred.',
    }),
    PassedOn('2XX', 'The provider’s answer.'),
    PassedOn(400, 'The provider’s answer; or ours: a path with a dot segment.'),
    PassedOn(404, 'The provider’s answer; or ours: `call_not_allowed`, with `calls_url`.'),
    PassedOn(409, 'The provider’s answer; or ours: `no_enabled_key`, `key_unreadable`.'),
    PassedOn(422, 'The provider’s answer.'),
    RefusesForProvider(),
  ) as MethodDecorator;

const JsonBody = (): MethodDecorator => ApiBody({ schema: {}, required: false }) as MethodDecorator;

/**
 * One handler a method. No provider's list has the last two, so the document says nothing of them; they are there so that who
 * may call is told what may be called.
 */
@ApiTags('Provider calls')
@Controller('api/orgs/:org_pk/providers/:key_type')
export class PassThroughController {
  constructor(private readonly passThrough: PassThrough) {}

  @Get('*')
  @Documented()
  @RequirePermission('provider_key.use')
  @RawBody()
  get(
    @CurrentMember() member: Membership,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.passThrough.carry(member, request, reply);
  }

  @Post('*')
  @Documented()
  @JsonBody()
  @RequirePermission('provider_key.use')
  @RawBody()
  post(
    @CurrentMember() member: Membership,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.passThrough.carry(member, request, reply);
  }

  @Put('*')
  @Documented()
  @JsonBody()
  @RequirePermission('provider_key.use')
  @RawBody()
  put(
    @CurrentMember() member: Membership,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.passThrough.carry(member, request, reply);
  }

  @Patch('*')
  @RequirePermission('provider_key.use')
  @RawBody()
  @ApiExcludeEndpoint()
  patch(
    @CurrentMember() member: Membership,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.passThrough.carry(member, request, reply);
  }

  @Delete('*')
  @RequirePermission('provider_key.use')
  @RawBody()
  @ApiExcludeEndpoint()
  delete(
    @CurrentMember() member: Membership,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.passThrough.carry(member, request, reply);
  }
}
