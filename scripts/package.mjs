/**
 * `npm run package [-- TARGET ...]`: packages of the app in out/packages. Without targets, all that this platform has;
 * those whose tools cannot be had are told, and the others made.
 */
import { packagedApp, packApp, packTarget, TARGETS } from './packaging/package.mjs';
import { ensureBuild } from './setup/build.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureElectron } from './setup/electronRuntime.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { runScript, say, SetupError, warn } from './setup/progress.mjs';

await runScript(async () => {
  const known = TARGETS[process.platform] ?? ['dir'];
  const asked = process.argv
    .slice(2)
    .map((word) => known.find((name) => name.toLowerCase() === word.toLowerCase()) ?? word);
  const unknown = asked.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    throw new SetupError(
      `${unknown}: packages of this platform are ${known.join(', ')}. Others are made on their own.`,
    );
  }
  return withSetupLock(async () => {
    await ensureDependencies();
    await ensureBuild();
    const electron = await ensureElectron();
    await packApp(electron);
    say(packagedApp());
    let failures = 0;
    for (const target of asked.length > 0 ? asked : known) {
      if (target === 'dir') continue;
      try {
        say(await packTarget(target, electron));
      } catch (error) {
        if (!(error instanceof SetupError) || asked.length > 0) throw error;
        failures++;
        warn(error.message);
      }
    }
    return failures > 0 ? 1 : 0;
  });
});
