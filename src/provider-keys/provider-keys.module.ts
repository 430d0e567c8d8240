import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SecretBox } from '../common/crypto/secret-box.js';
import { ENV } from '../config/config.module.js';
import type { Env } from '../config/env.js';
import { KeyHealthNotes } from './key-health-notes.js';
import { SecretOfType, SettingsOfType } from './key-input.js';
import { KeyRingCheck } from './key-ring-check.js';
import { KeyRingRotation } from './key-ring-rotation.js';
import { ProviderKey } from './provider-key.entity.js';
import { ProviderKeysController } from './provider-keys.controller.js';
import { ProviderKeysService } from './provider-keys.service.js';
import { ProviderSecrets } from './provider-secrets.js';
import { UsableKeys } from './usable-keys.js';

/** What authenticates organizations to third parties, sealed. */
@Module({
  imports: [TypeOrmModule.forFeature([ProviderKey])],
  controllers: [ProviderKeysController],
  providers: [
    { provide: SecretBox, inject: [ENV], useFactory: (env: Env) => new SecretBox(env.SEALING_KEYS) },
    KeyRingCheck,
    KeyRingRotation,
    ProviderSecrets,
    ProviderKeysService,
    SecretOfType,
    SettingsOfType,
    UsableKeys,
    KeyHealthNotes,
  ],
  exports: [KeyRingCheck, KeyRingRotation, ProviderKeysService, UsableKeys, KeyHealthNotes],
})
export class ProviderKeysModule {}
