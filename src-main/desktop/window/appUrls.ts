import path from 'node:path';

export const APP_SCHEME = 'app';
const HOST = 'vivarium';

export const APP_PAGE = `${APP_SCHEME}://${HOST}/index.html`;

export function isAppUrl(url: string): boolean {
  return url.startsWith(`${APP_SCHEME}://${HOST}/`);
}

/** The file that a URL of the app names, or null when it names none inside the folder. */
export function fileFor(url: string, folder: string): string | null {
  let pathname: string;
  try {
    const parsed = new URL(url);
    if (parsed.protocol !== `${APP_SCHEME}:` || parsed.host !== HOST) return null;
    pathname = decodeURIComponent(parsed.pathname);
  } catch {
    return null;
  }
  if (pathname.includes('\0')) return null;
  const file = path.resolve(folder, `.${pathname === '/' ? '/index.html' : pathname}`);
  return file.startsWith(path.resolve(folder) + path.sep) ? file : null;
}
