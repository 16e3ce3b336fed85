import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Where the fetched Electron runtime and the set-up's own notes live; git ignores it, and it may be deleted at any time. */
export const runtimeFolder = path.join(root, '.runtime');

export const inRoot = (...parts) => path.join(root, ...parts);
