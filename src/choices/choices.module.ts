import { Module } from '@nestjs/common';
import { ChoicesController } from './choices.controller.js';

/** What the fixed sets of the API hold. */
@Module({ controllers: [ChoicesController] })
export class ChoicesModule {}
