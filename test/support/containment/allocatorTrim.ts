import { execFileSync } from 'node:child_process';
import path from 'node:path';

/**
 * What makes the C library's allocator give back to the host what it keeps of freed memory. Undefined where there is
 * nothing that does: on other systems than Linux with glibc, and without a C compiler.
 */
export function buildAllocatorTrim(folder: string): (() => void) | undefined {
  const addon = path.join(folder, 'trim.node');
  try {
    execFileSync('gcc', ['-shared', '-fPIC', '-o', addon, path.resolve('test/support/containment/trim.c')]);
    process.dlopen({ exports: {} }, addon);
  } catch {
    return undefined;
  }
  return () => process.dlopen({ exports: {} }, addon);
}
