/**
 * `npm test [-- --only STEP,... [-- ARGUMENT ...]]`: whatever set-up is missing, then every check in
 * turn, stopping at the first that fails. Its last line counts the tests that ran.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ensureBuild } from './setup/build.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureElectron } from './setup/electronRuntime.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { bold, dim, green, red, runScript, say, seconds, SetupError } from './setup/progress.mjs';
import { ensureChineseFont, ensureSystemLibraries, ensureXvfb } from './setup/systemLibraries.mjs';
import { needsVirtualDisplay, prepareWindowTests } from './setup/windowTests.mjs';

const modules = (...parts) => inRoot('node_modules', ...parts);
const vueTsc = modules('vue-tsc/bin/vue-tsc.js');
const tsc = modules('typescript/bin/tsc');
const reports = inRoot('test-results/reports');

/**
 * Steps of one stage run two at a time, stages one after the other.
 *
 * @type {{ name: string, title: string, stage: number, run: (extra: string[], show: Show) => Promise<void> }[]}
 */
const steps = [
  {
    name: 'types',
    title: 'Types, with the declared Electron and with Electron 25',
    stage: 1,
    run: async (_, show) => {
      await node(show, [vueTsc, '--build', '--pretty', 'false']);
      for (const folder of ['src-main', 'src-preload']) {
        await node(show, [tsc, '--project', `${folder}/tsconfig.electron25.json`, '--pretty', 'false']);
      }
    },
  },
  {
    name: 'format',
    title: 'Formatting (npm run format mends it)',
    stage: 1,
    run: (_, show) =>
      node(show, [modules('prettier/bin/prettier.cjs'), '--check', '--cache', '--log-level', 'warn', '.']),
  },
  {
    name: 'lint',
    title: 'Lint',
    stage: 1,
    run: (_, show) => node(show, [modules('eslint/bin/eslint.js'), '.', '--max-warnings', '0']),
  },
  {
    name: 'layers',
    title: 'Arrows between folders',
    stage: 1,
    run: (_, show) =>
      node(show, [
        modules('dependency-cruiser/bin/dependency-cruise.mjs'),
        ...['src-main', 'src-preload', 'src-renderer', '--config', '.dependency-cruiser.mjs'],
      ]),
  },
  {
    name: 'dead',
    title: 'Dead code and unused dependencies',
    stage: 1,
    run: (_, show) => node(show, [modules('knip/bin/knip.js'), '--no-progress']),
  },
  // The conformance tests of the command line and of the threads run the built files.
  { name: 'build', title: 'Production build', stage: 2, run: () => withSetupLock(() => ensureBuild()) },
  {
    name: 'unit',
    title: 'Unit, conformance, oracle and golden tests',
    stage: 3,
    run: (extra, show) => vitest(['--project=!guests', ...extra], show),
  },
  {
    name: 'guest',
    title: 'A real kernel to its shell',
    stage: 3,
    run: (extra, show) => bootEverydayGuest(extra, show),
  },
  { name: 'e2e', title: 'End-to-end tests in Electron', stage: 4, run: (extra, show) => playwright(extra, show) },
];

/** `npm test -- --only check` stands for all that reads the sources and runs nothing. */
const groups = { check: steps.filter(({ stage }) => stage === 1).map(({ name }) => name) };

/** Whether the end-to-end tests renew the pictures in docs/images (npm run screenshots). */
let updatesImages = false;

const counts = { passed: 0, failed: 0, skipped: 0 };

class StepFailure extends Error {}

await runScript(async () => {
  const { wanted, extra } = readArguments();
  const started = Date.now();
  await withSetupLock(async () => {
    await ensureDependencies();
    if (wanted.has('e2e')) {
      const { executable } = await ensureElectron();
      await ensureSystemLibraries(executable);
      if (needsVirtualDisplay()) await ensureXvfb();
      await ensureChineseFont();
    }
  });
  await mkdir(reports, { recursive: true });

  const results = [];
  for (const stage of [1, 2, 3, 4]) {
    const queue = steps.filter((step) => step.stage === stage && wanted.has(step.name));
    await Promise.all([runQueue(queue, extra, results), runQueue(queue, extra, results)]);
    if (results.some(({ failure }) => failure)) break;
  }
  return summarise(results, wanted, started);
});

function readArguments() {
  let parsed;
  try {
    parsed = parseArgs({
      options: { only: { type: 'string', multiple: true }, 'update-images': { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new SetupError(error.message);
  }
  const { values, positionals } = parsed;
  updatesImages = values['update-images'] ?? false;
  const names = (values.only ?? []).flatMap((list) => list.split(',')).flatMap((name) => groups[name] ?? [name]);
  const known = steps.map(({ name }) => name);
  for (const name of names) {
    if (!known.includes(name)) {
      throw new SetupError(
        `--only ${name}: there is no such step; there are ${[...known, ...Object.keys(groups)].join(', ')}.`,
      );
    }
  }
  if (positionals.length > 0 && names.length !== 1) {
    throw new SetupError(
      'Arguments for a test runner need the one step they are for: npm test -- --only e2e -- -g "first start"',
    );
  }
  return { wanted: new Set(names.length > 0 ? names : known), extra: positionals };
}

/** Takes steps off the queue until it is empty or one has failed. */
async function runQueue(queue, extra, results) {
  for (let step = queue.shift(); step; step = queue.shift()) {
    if (results.some(({ failure }) => failure)) return;
    const started = Date.now();
    const isStreamed = step.stage >= 2;
    let collected = '';
    const show = isStreamed ? undefined : (text) => (collected += text);
    if (isStreamed) say(`\n${bold(step.title)}`);
    let failure;
    try {
      await step.run(extra, show);
    } catch (error) {
      failure = error;
    }
    const mark = failure ? red('failed') : green('passed');
    say(`${isStreamed ? '' : '\n'}${bold(step.title)}: ${mark} ${dim(seconds(started))}`);
    if (failure && collected) say(collected.trimEnd());
    if (failure && !(failure instanceof StepFailure))
      say(failure instanceof SetupError ? failure.message : failure.stack);
    results.push({ ...step, failure, time: seconds(started) });
  }
}

function summarise(results, wanted, started) {
  const failed = results.filter(({ failure }) => failure);
  const notRun = steps.filter(({ name }) => wanted.has(name) && !results.some((result) => result.name === name));
  say(`\n${bold('Summary')} ${dim(seconds(started))}`);
  for (const { title, failure, time } of results)
    say(`  ${failure ? red('failed ') : green('passed ')} ${title} ${dim(time)}`);
  for (const { title } of notRun) say(`  ${dim(`not run  ${title}`)}`);
  if (failed.length > 0) say(`\nTo repeat: npm test -- --only ${failed.map(({ name }) => name).join(',')}`);
  process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  return failed.length > 0 ? 1 : 0;
}

/** Runs a Node program of a package. With `show` its output is handed over, else the user sees it as it comes. */
function node(show, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', show ? 'pipe' : 'inherit', show ? 'pipe' : 'inherit'],
      env: { ...process.env, ...env },
    });
    child.stdout?.on('data', (data) => show(String(data)));
    child.stderr?.on('data', (data) => show(String(data)));
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve() : reject(new StepFailure())));
  });
}

/** Whole operating systems take minutes (npm run test:guests); the shortest boot of one is part of each run. */
async function bootEverydayGuest(extra, show) {
  const missing = await everydayGuestProblem();
  if (missing !== undefined) {
    say(dim(`Skipped: ${missing}`));
    counts.skipped++;
    return;
  }
  await vitest(['--project=guests', 'test/guests/everyday.test.ts', ...extra], show, 'guest');
}

/** Fetches the guest's packages (53 MB, once) where this system has a Debian archive; says why there is no guest. */
async function everydayGuestProblem() {
  if (process.env.VIVARIUM_GUESTS) return undefined;
  const files = ['vmlinux-pae', 'initrd.cpio'].map((name) => modules('.cache/guests', name));
  if (files.every((file) => existsSync(file))) return undefined;
  const { status, stderr } = await output(process.execPath, [inRoot('scripts/guests.mjs'), '--only', 'everyday']);
  return status === 0 ? undefined : stderr.trim();
}

async function vitest(extra, show, name = 'vitest') {
  const report = `${reports}/${name}.json`;
  await rm(report, { force: true });
  try {
    await node(show, [
      modules('vitest/vitest.mjs'),
      'run',
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ...extra,
    ]);
  } finally {
    const found = await readReport(report);
    counts.passed += found?.numPassedTests ?? 0;
    counts.failed += found?.numFailedTests ?? 0;
    counts.skipped += (found?.numPendingTests ?? 0) + (found?.numTodoTests ?? 0);
  }
}

/** Runs a program that has two minutes and collects what it complains of. */
function output(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 });
    let stderr = '';
    child.stderr.on('data', (data) => (stderr += String(data)));
    child.on('error', (error) => resolve({ status: 1, stderr: error.message }));
    child.on('close', (status) => resolve({ status, stderr: stderr || 'the archive did not answer in time.' }));
  });
}

async function playwright(extra, show) {
  const report = `${reports}/playwright.json`;
  // Alone, this step tests the sources as they are too.
  const { command, env, stop } = await prepareWindowTests();
  try {
    await node(show, [...command, '--config', 'test/e2e/playwright.config.ts', ...extra], {
      ...env,
      VIVARIUM_E2E_REPORT: report,
      ...(updatesImages && { VIVARIUM_UPDATE_IMAGES: '1' }),
    });
  } finally {
    stop();
    const stats = (await readReport(report))?.stats;
    counts.passed += (stats?.expected ?? 0) + (stats?.flaky ?? 0);
    counts.failed += stats?.unexpected ?? 0;
    counts.skipped += stats?.skipped ?? 0;
  }
}

function readReport(file) {
  return readFile(file, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined);
}
