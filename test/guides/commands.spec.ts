import { comparable, GuideWorld, settled, stepsOf } from '../support/guide.js';

/** Every guide with commands; MCP's is a protocol of its own (test/mcp). */
const PAGES = [
  ['quickstart'],
  ['authentication'],
  ['access-keys'],
  ['provider-keys'],
  ['pagination-and-filters'],
  ['errors-and-retries'],
  ['staff'],
  ['gateways'],
];

describe.each(PAGES)('docs/guide/%s.md', (page) => {
  let world: GuideWorld;
  beforeAll(async () => {
    world = await GuideWorld.start();
  });
  afterAll(() => world.close());

  it('typed from top to bottom at a service that was just started, every command prints what stands under it', async () => {
    const steps = stepsOf(page);
    expect(steps.length).toBeGreaterThan(2);
    const printed = await world.type(steps);
    steps.forEach(({ commands, output, language }, n) => {
      const text = printed[n] ?? '';
      if (language === 'json') {
        const { printed: json, told } = comparable(text, output);
        expect({ commands, json }).toEqual({ commands, json: told });
      } else {
        expect({ commands, text: settled(text) }).toEqual({ commands, text: settled(output) });
      }
    });
  });
});
