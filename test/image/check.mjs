// Run by run.sh: the files of the image, and its description.
import { requireTypeScript } from '../support/typescript-hook.mjs';

const [root, description] = process.argv.slice(2);
const { checkImage } = requireTypeScript(import.meta.url)('./check.ts');
await checkImage(root, description);
