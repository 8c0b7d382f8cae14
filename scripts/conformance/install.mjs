/** Installs the conformance suite and Inspector, where that has not been done, and prints the folder that holds them. */
import { join } from 'node:path';
import { installRecipe, root } from '../set-up.mjs';

const folder = join(root, '.conformance');
await installRecipe(import.meta.dirname, folder);
process.stdout.write(`${folder}\n`);
