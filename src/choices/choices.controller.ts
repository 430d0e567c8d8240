import { Controller, Get, Param, type PipeTransform } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Authenticated } from '../access/decorators.js';
import { NotFound } from '../common/errors.js';
import { type Choice, CHOICES, findChoices } from './choices.js';

/** One of a fixed set. */
class ChoiceAnswer implements Choice {
  @ApiProperty() value!: string;
  @ApiProperty() label!: string;
}

/** Every fixed set. */
class ChoicesAnswer implements Record<keyof typeof CHOICES, readonly Choice[]> {
  @ApiProperty({ type: [ChoiceAnswer] }) key_types!: readonly ChoiceAnswer[];
  @ApiProperty({ type: [ChoiceAnswer] }) access_levels!: readonly ChoiceAnswer[];
  @ApiProperty({ type: [ChoiceAnswer] }) roles!: readonly ChoiceAnswer[];
}

class ChoicesPipe implements PipeTransform<string, readonly Choice[]> {
  transform(name: string): readonly Choice[] {
    const choices = findChoices(name);
    if (!choices) throw new NotFound();
    return choices;
  }
}

/** The fixed sets that clients build their forms from; plain arrays, no pages. */
@ApiTags('Choices')
@Controller('api/choices')
export class ChoicesController {
  @Get()
  @Authenticated()
  @ApiOperation({ summary: 'Every fixed set of choices' })
  @ApiOkResponse({ type: ChoicesAnswer })
  list(): ChoicesAnswer {
    return CHOICES;
  }

  @Get(':name')
  @Authenticated()
  @ApiOperation({ summary: 'One fixed set of choices' })
  @ApiParam({ name: 'name', type: String, enum: Object.keys(CHOICES) })
  @ApiOkResponse({ type: [ChoiceAnswer] })
  retrieve(@Param('name', new ChoicesPipe()) choices: readonly Choice[]): readonly Choice[] {
    return choices;
  }
}
