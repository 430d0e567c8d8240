import bcrypt from 'bcrypt';
import { HashingThread } from '../../src/users/hashing-thread.js';

const COST = 4;

describe('A hashing thread', () => {
  it('makes and compares the same hashes as bcrypt here', async () => {
    const thread = new HashingThread();
    const hash = await thread.hash('secret', COST);
    expect(bcrypt.getRounds(hash)).toBe(COST);
    expect(bcrypt.compareSync('secret', hash)).toBe(true);
    expect(await thread.compare('secret', bcrypt.hashSync('secret', COST))).toBe(true);
    expect(await thread.compare('another', hash)).toBe(false);
  });

  it('that fails rejects that work alone: the next finds another thread', async () => {
    const thread = new HashingThread();
    await expect(thread.compare('secret', 5 as unknown as string)).rejects.toThrow('hash must be a string');
    expect(await thread.compare('secret', bcrypt.hashSync('secret', COST))).toBe(true);
  });
});
