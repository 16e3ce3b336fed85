import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Modules of an unpacked kernel package and what they depend on, as files for an initial RAM disk:
 * /lib/modules/RELEASE/NAME.ko and the list that modprobe reads.
 */
export function kernelModules(folder, wanted) {
  const [release] = readdirSync(path.join(folder, 'lib/modules'));
  const place = path.join(folder, 'lib/modules', release);
  const paths = new Map(
    readdirSync(place, { recursive: true })
      .filter((name) => name.endsWith('.ko'))
      .map((name) => [moduleName(name), path.join(place, name)]),
  );
  const modules = new Map();
  const add = (name) => {
    if (modules.has(name)) return;
    const file = paths.get(name);
    if (file === undefined) throw new Error(`The kernel’s package has no module ${name}.`);
    const contents = readFileSync(file);
    const dependencies = dependenciesOf(contents);
    modules.set(name, { contents, dependencies });
    dependencies.forEach(add);
  };
  wanted.forEach(add);
  // modprobe wants all that a module needs in its line, the nearest first.
  const closure = (name) => {
    const all = modules.get(name).dependencies.flatMap((each) => [each, ...closure(each)]);
    return all.filter((each, index) => !all.includes(each, index + 1));
  };
  const list = [...modules.keys()].map(
    (name) =>
      `${name}.ko:${closure(name)
        .map((each) => ` ${each}.ko`)
        .join('')}\n`,
  );
  const folderInDisk = `lib/modules/${release}`;
  return [
    { name: `${folderInDisk}/modules.dep`, contents: Buffer.from(list.join('')) },
    ...[...modules].map(([name, { contents }]) => ({ name: `${folderInDisk}/${name}.ko`, contents })),
  ];
}

function moduleName(file) {
  return path.basename(file, '.ko').replaceAll('-', '_');
}

/** The section .modinfo is a list of strings that end in 0. */
function dependenciesOf(module) {
  const start = module.indexOf('\0depends=');
  if (start < 0) return [];
  const text = module.toString('latin1', start + '\0depends='.length, module.indexOf(0, start + 1));
  return text
    .split(',')
    .filter(Boolean)
    .map((name) => name.replaceAll('-', '_'));
}
