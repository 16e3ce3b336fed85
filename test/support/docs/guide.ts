import { readdir } from 'node:fs/promises';

/** Names of the guide's pages: docs/guide has them in English, docs/zh/guide in Chinese. */
export function guidePages(): Promise<string[]> {
  return readdir('docs/guide');
}

/** A page of Markdown without its examples, and without what stands as code in its sentences. */
export function withoutCode(page: string): string {
  return page.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
}
