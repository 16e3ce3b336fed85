/** A kernel module's file. */
export interface KernelModule {
  /** `ne2k_pci`: as the kernel calls it, with underscores. */
  readonly name: string;
  /** Below /lib/modules/VERSION. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const MODULE = /^\.?\/?(?:usr\/)?lib\/modules\/([^/]+)\/(.+\/([^/]+)\.ko)$/;

/** The version and place of a module in a package, by its path; undefined when it is none. */
export function modulePlace(
  file: string,
): { readonly version: string; readonly path: string; readonly name: string } | undefined {
  const [, version, path, name] = MODULE.exec(file) ?? [];
  if (version === undefined || path === undefined || name === undefined) return undefined;
  return { version, path, name: name.replaceAll('-', '_') };
}

/** The modules wanted and all that they need, and `modules.dep` for them (kmod, modules.dep(5)). */
export function selectModules(
  all: ReadonlyMap<string, KernelModule>,
  wanted: readonly string[],
): { readonly modules: readonly KernelModule[]; readonly dependencies: string } {
  const chosen = new Map<string, readonly string[]>();
  const choose = (name: string): void => {
    const found = all.get(name);
    if (found === undefined || chosen.has(name)) return;
    const needs = needsOf(found.bytes);
    chosen.set(name, needs);
    needs.forEach(choose);
  };
  wanted.forEach((name) => choose(name.replaceAll('-', '_')));
  /** Nearest first: modprobe loads from the last one on. */
  const closure = (name: string, seen = new Set<string>()): Set<string> => {
    for (const need of chosen.get(name) ?? []) {
      seen.delete(need);
      seen.add(need);
      closure(need, seen);
    }
    return seen;
  };
  const modules = [...chosen.keys()].flatMap((name) => all.get(name) ?? []);
  const lines = modules.map((each) => {
    const paths = [...closure(each.name)].flatMap((need) => all.get(need)?.path ?? []);
    return `${each.path}:${paths.map((path) => ` ${path}`).join('')}`;
  });
  return { modules, dependencies: `${lines.join('\n')}\n` };
}

/** What the module's own section `.modinfo` says that it depends on. */
function needsOf(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = buffer.indexOf('\0depends=');
  if (start < 0) return [];
  const from = start + '\0depends='.length;
  const text = buffer.toString('latin1', from, buffer.indexOf(0, from));
  return text === '' ? [] : text.split(',').map((name) => name.replaceAll('-', '_'));
}
