import { bridge } from '../../app/bridge.ts';
import { TEST_IDS } from '../../app/testIds.ts';
import type { TranslationLine } from '../../../src-preload/contract/inspection.ts';
import { EXIT_KINDS, type ExitKind } from '../../../src-preload/contract/layouts/ExitKinds.ts';
import type { MemoryIntegrity } from '../../../src-preload/contract/layouts/IsolationFrame.ts';
import type { MachineViewFrame, VcpuFrame } from '../../../src-preload/contract/layouts/MachineViewFrame.ts';
import { REGISTER_NAMES, type RegisterName } from '../../../src-preload/contract/layouts/Registers.ts';
import { ShareWindow } from './ShareWindow.ts';
import type { ChosenLine, ObservedMachine, ObservedTranslation } from './Observation.ts';
import type { Sense } from './Tour.ts';

/** Slower than the panels: a step's end may be noticed a little later than it is seen. */
const MACHINE_INTERVAL_MS = 100;
const TRANSLATION_INTERVAL_MS = 500;
const TRANSLATION_LINES = 48;

type Sensed = Pick<ObservedMachine, 'registers' | 'instructions' | 'exits' | 'memory' | 'translation' | 'share'>;

/** What stores do not hold of a tour's machines: from main's streams, for as long as the tour is under way. */
export class TourSenses {
  private readonly onChange: () => void;
  private readonly disposers: (() => void)[] = [];
  private readonly frames = new Map<string, Pick<MachineViewFrame, 'vcpus' | 'exits'>>();
  private readonly translations = new Map<string, ObservedTranslation>();
  private shares: ShareWindow | null = null;
  private memories: ReadonlyMap<string, MemoryIntegrity | null> = new Map();

  constructor(ids: readonly string[], senses: readonly Sense[], onChange: () => void) {
    this.onChange = onChange;
    for (const id of ids) this.openMachine(id);
    if (senses.includes('memory')) this.openMemories();
    if (senses.includes('shares')) this.openShares();
    if (senses.includes('translation')) for (const id of ids) this.pollTranslation(id);
  }

  of(id: string): Sensed {
    const { vcpus, exits } = this.frames.get(id) ?? {};
    const first = vcpus?.[0];
    return {
      registers: first ? registersOf(first) : {},
      instructions: first?.retiredInstructions ?? 0,
      exits: exits ? exitsOf(exits.counts) : {},
      memory: this.memories.get(id) ?? null,
      translation: this.translations.get(id) ?? null,
      share: this.shares?.of(id) ?? null,
    };
  }

  close(): void {
    for (const dispose of this.disposers) dispose();
  }

  private openMachine(id: string): void {
    const stream = bridge().open(
      'stream:machine',
      { id, parts: ['vcpus', 'exits'], intervalMs: MACHINE_INTERVAL_MS },
      {
        onFrame: ({ vcpus, exits }) => {
          this.frames.set(id, {
            ...this.frames.get(id),
            ...(vcpus !== undefined && { vcpus }),
            ...(exits && { exits }),
          });
          this.onChange();
        },
      },
    );
    this.disposers.push(() => stream.close());
  }

  private openMemories(): void {
    const stream = bridge().open(
      'stream:isolation',
      {},
      {
        onFrame: ({ machines }) => {
          this.memories = new Map(machines.map(({ id, integrity }) => [id, integrity]));
          this.onChange();
        },
      },
    );
    this.disposers.push(() => stream.close());
  }

  private openShares(): void {
    const shares = new ShareWindow();
    this.shares = shares;
    const stream = bridge().open(
      'stream:schedule',
      {},
      {
        onFrame: (frame) => {
          shares.add(frame);
          this.onChange();
        },
      },
    );
    this.disposers.push(() => stream.close());
  }

  private pollTranslation(id: string): void {
    const look = async (): Promise<void> => {
      if (document.hidden || !this.frames.get(id)?.vcpus) return;
      const outcome = await bridge().call('inspect:translation', { id, lines: TRANSLATION_LINES });
      if (!outcome.ok) return;
      const { lines, regions } = outcome.value;
      const records = lines.filter(({ record }) => record !== null).length;
      this.translations.set(id, { records, regions, chosen: await chosenLine(id) });
      this.onChange();
    };
    let isClosed = false;
    const turn = async (): Promise<void> => {
      await look();
      if (!isClosed) timer = setTimeout(() => void turn(), TRANSLATION_INTERVAL_MS);
    };
    let timer = setTimeout(() => void turn(), 0);
    this.disposers.push(() => {
      isClosed = true;
      clearTimeout(timer);
    });
  }
}

function registersOf({ values }: VcpuFrame): Partial<Record<RegisterName, number>> {
  return Object.fromEntries(REGISTER_NAMES.map((name, index) => [name, Number(values[index] ?? 0n)]));
}

function exitsOf(counts: Float64Array): Partial<Record<ExitKind, number>> {
  return Object.fromEntries(EXIT_KINDS.map((kind, index) => [kind, counts[index] ?? 0]));
}

/** The line that the translation panel of the machine in view has chosen, which is known to that panel alone. */
async function chosenLine(id: string): Promise<ChosenLine | null> {
  const line = document.querySelector(`[data-testid="${TEST_IDS.translationLine}"][aria-selected="true"]`);
  const address = line?.getAttribute('data-address') ?? null;
  const choices = Number(
    line?.closest<HTMLElement>(`[data-testid="${TEST_IDS.translationList}"]`)?.dataset['choices'] ?? 0,
  );
  if (address === null) return null;
  const outcome = await bridge().call('inspect:translation', {
    id,
    linearAddress: Number(address),
    linesBefore: 0,
    lines: 1,
  });
  const row = outcome.ok ? outcome.value.lines[0] : undefined;
  if (!outcome.ok || !row) return null;
  const block = row.block === null ? undefined : outcome.value.blocks[row.block];
  return { ...factsOf(row), choices, isInRegion: block?.tier === 'region' };
}

function factsOf({ line, record }: TranslationLine): Omit<ChosenLine, 'choices' | 'isInRegion'> {
  return {
    linearAddress: line.linearAddress,
    instruction: `${line.mnemonic} ${line.operands}`.trim(),
    isSensitive: line.sensitive,
    helpers: record?.helpers ?? [],
    helperCalls: record?.helperCalls ?? 0,
  };
}
