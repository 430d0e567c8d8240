import { TextField } from '../../src/common/fields.js';
import { ObjectField } from '../../src/common/object-fields.js';
import { validated } from '../../src/common/validated.js';
import { InputPipe } from '../../src/http/input.pipe.js';

class Inner {
  @TextField({ max: 10 }) word!: string;
}

class Declared {
  @TextField({ max: 10 }) name!: string;
  @ObjectField(Inner, { optional: true }) inner?: Inner;
}

const SENT = {
  name: 'Ada',
  is_staff: true,
  isStaff: true,
  id: 7,
  constructor: 'x',
  inner: { word: 'w', disabled: true },
};
const KEPT = { name: 'Ada', inner: { word: 'w' } };

describe('What a DTO does not declare is not there for who takes it, at any depth (G3)', () => {
  it.each(['body', 'query'] as const)('in a %s', async (type) => {
    const taken = await new InputPipe().transform({ ...SENT }, { type, metatype: Declared });
    expect(JSON.parse(JSON.stringify(taken))).toEqual(KEPT);
    expect(Object.keys(taken as object).toSorted()).toEqual(['inner', 'name']);
    expect(taken).toBeInstanceOf(Declared);
  });

  it('from the command line', async () => {
    expect(Object.keys(await validated(Declared, SENT as unknown as Declared)).toSorted()).toEqual([
      'inner',
      'name',
    ]);
  });
});
