import { beforeEach, describe, expect, test } from 'vitest';
import { IsolationSource } from '../../../src-main/desktop/streams/IsolationSource.ts';
import { MachineViewSource } from '../../../src-main/control/streams/MachineViewSource.ts';
import { HistorySource } from '../../../src-main/desktop/streams/HistorySource.ts';
import { OverviewSource } from '../../../src-main/desktop/streams/OverviewSource.ts';
import { SoundSource } from '../../../src-main/desktop/streams/SoundSource.ts';
import { PerformanceHistory } from '../../../src-main/desktop/streams/PerformanceHistory.ts';
import { ScheduleSource } from '../../../src-main/desktop/streams/ScheduleSource.ts';
import { CONSOLE_PORT, type VmStatistics } from '../../../src-main/hypervisor/types.ts';
import { EXIT_KINDS } from '../../../src-preload/contract/layouts/ExitKinds.ts';
import { historySampleCount, historyValue } from '../../../src-preload/contract/layouts/HistoryFrame.ts';
import { overviewValue } from '../../../src-preload/contract/layouts/OverviewFrame.ts';
import {
  bandValue,
  EXIT_FIELDS,
  exitValue,
  sliceCount,
  sliceValue,
} from '../../../src-preload/contract/layouts/ScheduleFrame.ts';
import { SOUND_RATE_HZ as MADE_RATE_HZ } from '../../../src-main/machine/sound/Mixer.ts';
import { SOUND_RATE_HZ } from '../../../src-preload/contract/layouts/SoundFrame.ts';
import { textScreen } from '../../support/machine/textScreen.ts';
import { FakeHypervisor } from '../../support/hypervisor/FakeHypervisor.ts';

let hypervisor: FakeHypervisor;
let id: string;

const screen = (text: string) => {
  const cells = new Uint8Array(80 * 25 * 2);
  [...text].forEach((character, index) => (cells[index * 2] = character.charCodeAt(0)));
  return textScreen({ columns: 80, rows: 25, cells });
};
const statistics = (changes: Partial<VmStatistics> = {}): VmStatistics => ({
  vmId: id,
  state: 'running',
  activity: 'busy',
  receivedShare: 0.5,
  entitledShare: 0.6,
  mips: 100,
  retiredInstructions: 1e9,
  vcpus: [{ runMs: 10, stolenMs: 0, readyMs: 2, haltedMs: 0, cappedMs: 0, entitledMs: 9, slices: 1 }],
  exits: { pio: 7 },
  exitRates: { pio: 3, mmio: 2 },
  pageFaultRate: 6,
  diskAccessRate: 7,
  networkFrameRate: 8,
  containmentCount: 4,
  ...changes,
});
const publish = (at: number, ...vms: VmStatistics[]): void => {
  hypervisor.stats = { at, pcpuCount: 2, sliceMs: 5, load: 1, vms };
  hypervisor.emit('statistics', hypervisor.stats);
};

beforeEach(async () => {
  hypervisor = new FakeHypervisor();
  const created = await hypervisor.create({});
  id = created.ok ? created.value.id : '';
});

describe('a machine view', () => {
  test('says what has changed and nothing else', async () => {
    await hypervisor.start(id);
    hypervisor.show(id, screen('hello'));
    const source = new MachineViewSource(hypervisor, id, ['vcpus', 'screen']);
    expect(Object.keys(source.next() ?? {})).toEqual(['atMs', 'vcpus', 'screen']);
    expect(source.next()).toBeNull();
    hypervisor.show(id, screen('world'));
    expect(Object.keys(source.next() ?? {})).toEqual(['atMs', 'screen']);
    await hypervisor.setRegister(id, 0, 'eax', 5n);
    expect(Object.keys(source.next() ?? {})).toEqual(['atMs', 'vcpus']);
  });

  test('of a machine that is off shows nothing, and says so once', () => {
    const source = new MachineViewSource(hypervisor, id, ['vcpus', 'screen']);
    expect(source.next()).toMatchObject({ vcpus: null, screen: null });
    expect(source.next()).toBeNull();
  });

  test('holds a bounded part of a flood for a view that does not look, and counts what is lost', () => {
    const source = new MachineViewSource(hypervisor, id, ['serial']);
    source.next();
    const bytes = new Uint8Array(64 * 1024);
    for (let count = 0; count < 40; count++)
      hypervisor.emit('serial-output', { vmId: id, port: 0, bytes, droppedBytes: 0 });
    const frame = source.next();
    if (frame === null || frame === 'end') throw new Error('a frame was expected');
    expect(frame.serial?.bytes.length).toBe(256 * 1024);
    expect(frame.serial?.droppedBytes).toBe(36 * 64 * 1024);
  });

  test('keeps the virtio console apart from the serial line', () => {
    const source = new MachineViewSource(hypervisor, id, ['serial', 'console']);
    source.next();
    hypervisor.emit('serial-output', { vmId: id, port: CONSOLE_PORT, bytes: Uint8Array.of(7), droppedBytes: 0 });
    const frame = source.next();
    expect(frame).toMatchObject({ console: { restart: false, bytes: Uint8Array.of(7) } });
    expect(frame).not.toHaveProperty('serial');
  });

  test('brings the serial line with its past, and starts afresh with the machine', async () => {
    hypervisor.serial = Uint8Array.of(1);
    const source = new MachineViewSource(hypervisor, id, ['serial']);
    hypervisor.emit('serial-output', { vmId: id, port: 0, bytes: Uint8Array.of(2), droppedBytes: 0 });
    hypervisor.emit('serial-output', { vmId: 'other', port: 0, bytes: Uint8Array.of(9), droppedBytes: 0 });
    expect(source.next()).toMatchObject({ serial: { restart: true, bytes: Uint8Array.of(1, 2) } });
    expect(source.next()).toBeNull();
    hypervisor.emit('vm-state', { id, from: 'off', to: 'starting', at: 0 });
    expect(source.next()).toMatchObject({ serial: { restart: true, bytes: new Uint8Array(0) } });
  });

  test('counts exits by kind', () => {
    const source = new MachineViewSource(hypervisor, id, ['exits']);
    publish(0, statistics());
    const frame = source.next();
    if (frame === null || frame === 'end') throw new Error('a frame was expected');
    expect(frame.exits?.counts[EXIT_KINDS.indexOf('pio')]).toBe(7);
    expect(frame.exits?.perSecond[EXIT_KINDS.indexOf('mmio')]).toBe(2);
  });

  test('ends with its machine and listens no longer', async () => {
    const source = new MachineViewSource(hypervisor, id, ['serial', 'exits']);
    await hypervisor.delete(id);
    expect(source.next()).toBe('end');
    source.dispose();
    expect(
      ['serial-output', 'statistics', 'vm-removed', 'vm-state'].map((name) =>
        hypervisor.listenerCount(name as 'statistics'),
      ),
    ).toEqual([0, 0, 0, 0]);
  });

  test('is whole again after it was hidden', async () => {
    await hypervisor.start(id);
    const source = new MachineViewSource(hypervisor, id, ['vcpus']);
    source.next();
    source.restart();
    expect(source.next()).toMatchObject({ vcpus: [{ vcpu: 0 }] });
  });
});

describe('the overview', () => {
  test('has a row for each machine and the screens that changed', () => {
    hypervisor.show(id, screen('x'));
    const source = new OverviewSource(hypervisor, true);
    publish(100, statistics());
    const first = source.next();
    if (!first) throw new Error('a frame was expected');
    expect([
      overviewValue(first, 0, 'mips'),
      overviewValue(first, 0, 'exitsPerSecond'),
      overviewValue(first, 0, 'contained'),
    ]).toEqual([100, 5, 4]);
    expect(first.thumbnails.map((thumbnail) => thumbnail.id)).toEqual([id]);
    expect(source.next()).toBeNull();
    publish(200, statistics());
    expect(source.next()?.thumbnails).toEqual([]);
  });
});

describe('the schedule', () => {
  test('packs slices and what each vCPU did between two samples', () => {
    publish(0, statistics());
    const source = new ScheduleSource(hypervisor);
    publish(
      250,
      statistics({
        vcpus: [{ runMs: 110, stolenMs: 4, readyMs: 52, haltedMs: 5, cappedMs: 1, entitledMs: 99, slices: 9 }],
        exits: { pio: 17, interrupt: 3, budget: 900 },
      }),
    );
    hypervisor.exitTrace = {
      exits: [{ vmId: id, vcpu: 0, startMs: 4, endMs: 5, kind: 'mmio', times: 6, detail: 0xa0000 }],
      cursor: new Map(),
    };
    hypervisor.trace = {
      slices: [{ vmId: id, vcpu: 0, pcpu: 1, startMs: 3, endMs: 8, end: 'halt' }],
      cursor: 1,
      lost: 0,
      nowMs: 250,
    };
    const frame = source.next();
    if (!frame) throw new Error('a frame was expected');
    expect(sliceCount(frame)).toBe(1);
    expect((['startMs', 'endMs', 'pcpu', 'vm', 'end'] as const).map((field) => sliceValue(frame, 0, field))).toEqual([
      3, 8, 1, 0, 1,
    ]);
    expect(
      (['startMs', 'endMs', 'runMs', 'readyMs', 'haltedMs', 'cappedMs'] as const).map((field) =>
        bandValue(frame, 0, field),
      ),
    ).toEqual([0, 250, 100, 50, 5, 1]);
    expect((['exits', 'interrupts'] as const).map((field) => bandValue(frame, 0, field))).toEqual([10, 3]);
    expect(EXIT_FIELDS.map((field) => exitValue(frame, 0, field))).toEqual([
      4,
      5,
      0,
      0,
      EXIT_KINDS.indexOf('mmio'),
      6,
      0xa0000,
    ]);
    expect(frame.vms).toEqual([id]);
  });
});

describe('isolation', () => {
  test('joins memory, evidence and shares of each machine', () => {
    const source = new IsolationSource(hypervisor);
    expect(source.next()).toBeNull();
    publish(0, statistics());
    const integrity = {
      vmId: id,
      digest: 'ab',
      pageCount: 4,
      guardedPages: 3,
      passes: 9,
      foreignWrites: 0,
      exactDigest: null,
    };
    const activity = { vmId: id, cellBytes: 4096, heat: Uint8Array.of(1), code: Uint8Array.of(0) };
    hypervisor.emit('isolation', { at: 5, activity: [activity], integrity: [integrity] });
    expect(source.next()).toMatchObject({
      atMs: 5,
      machines: [
        {
          id,
          integrity: { digest: 'ab', foreignWrites: 0 },
          activity: { cellBytes: 4096 },
          receivedShare: 0.5,
          contained: 4,
        },
      ],
    });
    source.dispose();
    expect(hypervisor.listenerCount('isolation')).toBe(0);
  });
});

describe('sound', () => {
  test('has the rate that machines make it at', () => {
    expect(SOUND_RATE_HZ).toBe(MADE_RATE_HZ);
  });

  test('comes by machine, joined, and is nothing while all are silent', () => {
    const source = new SoundSource(hypervisor);
    expect(source.next()).toBeNull();
    for (const samples of [Int16Array.of(1, 2), Int16Array.of(3, 4)]) hypervisor.emit('sound', { vmId: id, samples });
    hypervisor.emit('sound', { vmId: 'other', samples: Int16Array.of(5, 6) });
    expect(source.next()).toEqual({
      machines: [
        { id, samples: Int16Array.of(1, 2, 3, 4) },
        { id: 'other', samples: Int16Array.of(5, 6) },
      ],
    });
    expect(source.next()).toBeNull();
  });

  test('loses the oldest when nobody takes it', () => {
    const source = new SoundSource(hypervisor);
    for (let count = 0; count < 100; count++)
      hypervisor.emit('sound', { vmId: id, samples: new Int16Array(2 * 441).fill(count) });
    const [sound] = source.next()?.machines ?? [];
    expect(sound?.samples.length).toBeLessThanOrEqual(44_100 / 2);
    expect(sound?.samples.at(-1)).toBe(99);
  });
});

describe('the history', () => {
  test('is kept while nobody looks, and comes with its past, then bit by bit', () => {
    const history = new PerformanceHistory(hypervisor);
    publish(0, statistics());
    publish(250, statistics({ mips: 120, exitRates: { pio: 3, interrupt: 18 } }));
    const source = new HistorySource(history);
    const past = source.next();
    if (!past) throw new Error('a frame was expected');
    expect(past).toMatchObject({ atMs: 250, vms: [id] });
    expect(historySampleCount(past)).toBe(2);
    const fields = ['atMs', 'mips', 'exits', 'interrupts', 'pageFaults', 'diskAccesses', 'networkFrames'] as const;
    expect(fields.map((field) => historyValue(past, 1, field))).toEqual([250, 120, 21, 18, 6, 7, 8]);
    expect(source.next()).toBeNull();
    publish(500, statistics(), statistics({ vmId: 'other', mips: 5 }));
    const next = source.next();
    if (!next) throw new Error('a frame was expected');
    expect(next.vms).toEqual([id, 'other']);
    expect([0, 1].map((index) => historyValue(next, index, 'vm'))).toEqual([0, 1]);
    expect(historyValue(next, 1, 'mips')).toBe(5);
  });

  test('has nothing of machines that are off, and forgets what is a quarter of an hour old', () => {
    const history = new PerformanceHistory(hypervisor);
    for (let tick = 0; tick < 8000; tick++) publish(tick * 250, statistics({ state: tick % 2 ? 'off' : 'running' }));
    const frame = new HistorySource(history).next();
    if (!frame) throw new Error('a frame was expected');
    expect(historySampleCount(frame)).toBeGreaterThanOrEqual(1800);
    expect(historySampleCount(frame)).toBeLessThan(2000);
    history.dispose();
    expect(hypervisor.listenerCount('statistics')).toBe(0);
  });
});
