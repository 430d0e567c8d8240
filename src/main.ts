import { runTraced } from './process/traced.js';

await runTraced();
