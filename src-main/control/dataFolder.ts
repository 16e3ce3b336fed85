import { homedir } from 'node:os';
import path from 'node:path';

interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * Where machines and settings are kept: `VIVARIUM_HOME`, or the platform's place for an application called Vivarium,
 * which is also Electron's own (`app.getPath('userData')`). The window and the command line find one another by it.
 */
export function dataFolder({
  platform = process.platform,
  environment = process.env,
  home = homedir(),
}: Partial<Surroundings> = {}): string {
  const chosen = environment['VIVARIUM_HOME'];
  if (chosen) return path.resolve(chosen);
  return path.join(applicationData({ platform, environment, home }), 'Vivarium');
}

function applicationData({ platform, environment, home }: Surroundings): string {
  switch (platform) {
    case 'darwin':
      return path.join(home, 'Library', 'Application Support');
    case 'win32':
      return environment['APPDATA'] || path.join(home, 'AppData', 'Roaming');
    default:
      return environment['XDG_CONFIG_HOME'] || path.join(home, '.config');
  }
}
