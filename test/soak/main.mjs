// `npm run soak`: MINUTES (20 by default) of load under faults; ends with status 1 if anything was violated.
import { requireTypeScript } from '../support/typescript-hook.mjs';

const require = requireTypeScript(import.meta.url);
const { soak } = require('./soak.ts');
const held = await soak(Number(process.env.MINUTES ?? 20));
process.exit(held ? 0 : 1);
