// Loaded before the service: it is as it would be where the console was not built.
import { Console } from '../dist/src/console/console.js';

Console.built = () => undefined;
