import { runService } from './process/service.js';

await runService();
