import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';
import type { FileGrant } from '../../../src-preload/contract/programs.ts';

export type FileAccess = 'read' | 'write';

/**
 * Files that the user has chosen, by dialog, drop, recent list or command line. The window holds tokens and
 * cannot name a path, so a page gone wrong reaches only what the user had picked already.
 */
export class FileGrants {
  private readonly byToken = new Map<string, { readonly path: string; access: FileAccess }>();
  private readonly byPath = new Map<string, string>();

  /** The same file keeps its token; `write` also gives `read`, and is not taken back by a later `read`. */
  grant(file: string, access: FileAccess): FileGrant {
    const absolute = path.resolve(file);
    const token = this.byPath.get(absolute) ?? randomUUID();
    const known = this.byToken.get(token);
    if (known) {
      if (access === 'write') known.access = 'write';
    } else {
      this.byPath.set(absolute, token);
      this.byToken.set(token, { path: absolute, access });
    }
    return { token, name: path.basename(absolute), displayPath: displayPath(absolute) };
  }

  /** The path that a token stands for, or null when it gives no such access. */
  resolve(token: string, access: FileAccess): string | null {
    const known = this.byToken.get(token);
    if (!known) return null;
    return access === 'read' || known.access === 'write' ? known.path : null;
  }
}

export function displayPath(file: string): string {
  const home = homedir();
  return home.length > 1 && file.startsWith(home + path.sep) ? `~${file.slice(home.length)}` : file;
}
