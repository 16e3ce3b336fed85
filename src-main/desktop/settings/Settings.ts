import path from 'node:path';
import { z } from 'zod';
import { Breakpoint } from '../../../src-preload/contract/debugging.ts';
import { Preferences, Session } from '../../../src-preload/contract/application.ts';
import { SLICE_MS_RANGE } from '../../hypervisor/types.ts';
import { JsonFile } from './JsonFile.ts';

export const WindowBounds = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(200),
  height: z.number().int().min(200),
  isMaximized: z.boolean(),
  isFullScreen: z.boolean(),
});
export type WindowBounds = z.infer<typeof WindowBounds>;

/** What is wrong with it is not kept. */
const KeptBreakpoint = Breakpoint.extend({ problem: z.null().catch(null) });

/** By machine. Before there were other kinds, a breakpoint was an address. */
const BreakpointBook = z.record(z.string(), z.preprocess(fromAddresses, z.array(KeptBreakpoint)));

function fromAddresses(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((each: unknown, index) => {
    const isAddress = typeof each === 'object' && each !== null && 'linearAddress' in each && 'enabled' in each;
    if (!isAddress) return each;
    const { linearAddress, enabled } = each;
    return { id: index + 1, target: { kind: 'code', linearAddress }, enabled };
  });
}

/** What the app remembers beside its machines, one small file each. */
export interface Settings {
  readonly preferences: JsonFile<typeof StoredPreferences>;
  readonly session: JsonFile<typeof Session>;
  readonly bounds: JsonFile<typeof WindowBounds>;
  /** Paths, latest first. */
  readonly recentFiles: JsonFile<z.ZodArray<z.ZodString>>;
  readonly breakpoints: JsonFile<typeof BreakpointBook>;
  /** Machines of a demonstration or a tour that is under way: when it was killed, the next start clears them away. */
  readonly temporary: JsonFile<z.ZodArray<z.ZodString>>;
  /** Machines that were suspended when the app was quit: its next start wakes them. */
  readonly suspended: JsonFile<z.ZodArray<z.ZodString>>;
}

/** Those of somebody who has changed none. */
const USUAL: Preferences = {
  theme: 'system',
  language: 'system',
  pcpuCount: null,
  sliceMs: SLICE_MS_RANGE.usual,
  memoryLimitMiB: null,
  confirmQuit: true,
  suspendOnQuit: false,
  stopTogether: false,
};
/** What came after the first version is not in every file. Not in the contract: there, what is absent stays as it is. */
const StoredPreferences = Preferences.extend({
  sliceMs: Preferences.shape.sliceMs.default(USUAL.sliceMs),
  memoryLimitMiB: Preferences.shape.memoryLimitMiB.default(USUAL.memoryLimitMiB),
  suspendOnQuit: Preferences.shape.suspendOnQuit.default(USUAL.suspendOnQuit),
  stopTogether: Preferences.shape.stopTogether.default(USUAL.stopTogether),
});

export async function openSettings(folder: string, onProblem: (message: string) => void): Promise<Settings> {
  const open = <Schema extends z.ZodType>(name: string, schema: Schema, initial: z.output<Schema>) =>
    JsonFile.open({ path: path.join(folder, `${name}.json`), schema, initial, version: 1, onProblem });
  const [preferences, session, bounds, recentFiles, breakpoints, temporary, suspended] = await Promise.all([
    open('preferences', StoredPreferences, USUAL),
    open('session', Session, {}),
    open('window', WindowBounds, { width: 1280, height: 800, isMaximized: false, isFullScreen: false }),
    open('recent-files', z.array(z.string()), []),
    open('breakpoints', BreakpointBook, {}),
    open('temporary', z.array(z.string()), []),
    open('suspended', z.array(z.string()), []),
  ]);
  return { preferences, session, bounds, recentFiles, breakpoints, temporary, suspended };
}

export async function flushSettings(settings: Settings): Promise<void> {
  await Promise.all(Object.values(settings).map((file: { flush(): Promise<void> }) => file.flush()));
}
