// A peer: Nest on Express with Passport's AuthGuard and TypeORM, one query a request, as tutorials show it. HASH says how
// its keys are kept: `sha256` finds them by their digest, `bcrypt` by their prefix and compares.
import 'reflect-metadata';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm';
import bcrypt from 'bcrypt';
import { createHash } from 'node:crypto';
import { Strategy } from 'passport-custom';
import pg from 'pg';
import { EntitySchema } from 'typeorm';
import { ANSWER } from './answer.mjs';
import { answerProbes } from './probe.mjs';

answerProbes(pg);

const ApiKey = new EntitySchema({
  name: 'ApiKey',
  tableName: 'api_keys',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    prefix: { type: 'text' },
    hash: { type: 'text' },
    userId: { type: 'int', name: 'user_id' },
    expiresAt: { type: 'timestamptz', name: 'expires_at', nullable: true },
    revoked: { type: 'boolean' },
  },
});

const find = {
  sha256: (keys, key) => keys.findOneBy({ hash: createHash('sha256').update(key).digest('hex') }),
  async bcrypt(keys, key) {
    const found = await keys.findOneBy({ prefix: key.slice(0, 8) });
    return found && (await bcrypt.compare(key, found.hash)) ? found : null;
  },
}[process.env.HASH];

class ApiKeyStrategy extends PassportStrategy(Strategy, 'api-key') {
  constructor(keys) {
    super();
    this.keys = keys;
  }

  async validate(request) {
    const key = await find(this.keys, request.headers['x-api-key'] ?? '');
    const good = key && !key.revoked && (key.expiresAt === null || key.expiresAt > new Date());
    return good ? { userId: key.userId } : null;
  }
}
Reflect.defineMetadata('self:paramtypes', [{ index: 0, param: getRepositoryToken(ApiKey) }], ApiKeyStrategy);

class AnswerController {
  read() {
    return ANSWER;
  }
}
const read = Object.getOwnPropertyDescriptor(AnswerController.prototype, 'read');
UseGuards(AuthGuard('api-key'))(AnswerController.prototype, 'read', read);
Get()(AnswerController.prototype, 'read', read);
Controller()(AnswerController);

class AppModule {}
Module({
  imports: [
    PassportModule,
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      poolSize: 10,
      entities: [ApiKey],
    }),
    TypeOrmModule.forFeature([ApiKey]),
  ],
  controllers: [AnswerController],
  providers: [ApiKeyStrategy],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(Number(process.env.PORT), '127.0.0.1');
