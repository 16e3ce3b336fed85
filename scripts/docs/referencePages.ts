import { format } from 'prettier';
import { commandLinePage } from './commandLinePage.ts';
import { controlCallsPage, storeFilesPage } from './schemaPages.ts';

/** The generated pages of the documentation by their file, as prettier lays them out. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const pages = {
    'docs/reference/command-line.md': commandLinePage(),
    'docs/reference/control-calls.md': controlCallsPage(),
    'docs/reference/store-files.md': storeFilesPage(),
  };
  const laidOut = Object.entries(pages).map(
    async ([file, text]) => [file, await format(text, { parser: 'markdown', printWidth: 120 })] as const,
  );
  return new Map(await Promise.all(laidOut));
}
