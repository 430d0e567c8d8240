import { createApp } from './app.js';
import { readEnv } from './config/env.js';

const env = readEnv();
const app = await createApp(env);
await app.listen(env.PORT, env.HOST);
