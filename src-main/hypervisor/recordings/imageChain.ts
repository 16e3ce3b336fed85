import path from 'node:path';
import { hasQcow2Magic, readQcow2Header } from '../../machine/images/qcow2/Qcow2Header.ts';
import { NodeImageHost } from '../storage/NodeImageHost.ts';

/** `openImage` follows fewer. */
const MOST = 200;

/**
 * An image, and the backing files that it relies on, as whoever opens it finds them: all that a run reads of it. Throws
 * `ImageError`.
 */
export function imageChain(image: string): string[] {
  const host = new NodeImageHost();
  const chain: string[] = [];
  for (let next: string | undefined = image; next !== undefined && chain.length < MOST;) {
    chain.push(next);
    const file = host.open(next, 'read-only');
    try {
      const backing: { name: string; format: string | undefined } | undefined = hasQcow2Magic(file)
        ? readQcow2Header(file).backing
        : undefined;
      next = backing && path.resolve(path.dirname(next), backing.name.replace(/^file:/, ''));
      if (next !== undefined && backing?.format === 'raw') {
        chain.push(next);
        break;
      }
    } finally {
      file.close();
    }
  }
  return chain;
}
