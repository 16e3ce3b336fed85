import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import type { ThirdParty } from '../../src-preload/contract/application.ts';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** Lists, beside a part of the build, the packages whose code was bundled into it. */
export function bundledPackages(): Plugin {
  return {
    name: 'vivarium-bundled-packages',
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const file of Object.values(bundle)) {
        for (const id of file.type === 'chunk' ? file.moduleIds : []) {
          const folder = packageFolder(id);
          if (folder !== undefined) folders.add(folder);
        }
      }
      const packages = [...folders].map(describe).sort((a, b) => (a.name < b.name ? -1 : 1));
      this.emitFile({ type: 'asset', fileName: 'packages.json', source: JSON.stringify(packages, null, 1) });
    },
  };
}

/** The package of node_modules that a module lies in. Modules that a bundler makes up have ids that begin with a zero byte. */
function packageFolder(id: string): string | undefined {
  return /^[^\0]*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(id)?.[0];
}

/** Where a package brings no licence's text, its author stands for it. */
function describe(folder: string): ThirdParty {
  // What npm has installed has these.
  const about = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
    author?: string | { name: string };
  };
  const { name, version, license, author } = about;
  if (license === undefined) throw new Error(`${name} ${version} is bundled, but its package.json names no licence.`);
  const texts = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file) && existsSync(path.join(folder, file)))
    .map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  const authorName = typeof author === 'object' ? author.name : (author ?? `the authors of ${name}`);
  return { name, version, licence: license, text: texts.join('\n\n') || `Copyright (c) ${authorName}\n${license}` };
}
