/**
 * How fast disks are read and written, in MB/s of 10^6 bytes: an image of 512 MiB, read by IDE DMA and by virtio into the
 * memory of a translated machine, in requests as Linux makes them (128 KiB, scattered over pages), raw and qcow2. Without a guest: its
 * share is the processor's. The host's page cache holds the file, as it mostly does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PAGE_FLAG } from '../../src-main/engine/state/layout.ts';
import { NodeImageHost } from '../../src-main/hypervisor/storage/NodeImageHost.ts';
import { RamMaster } from '../../src-main/machine/bus/RamMaster.ts';
import { Medium } from '../../src-main/machine/drives/Medium.ts';
import { AtaDisk } from '../../src-main/machine/ide/AtaDisk.ts';
import { BusMaster } from '../../src-main/machine/ide/BusMaster.ts';
import { IdeChannel } from '../../src-main/machine/ide/IdeChannel.ts';
import { openImage } from '../../src-main/machine/images/openImage.ts';
import { writeNewQcow2 } from '../../src-main/machine/images/qcow2/Qcow2Header.ts';
import { VirtioBlock } from '../../src-main/machine/virtio/VirtioBlock.ts';
import { VirtioMmio } from '../../src-main/machine/virtio/VirtioMmio.ts';
import { bareMachine } from '../support/machine/assembledMachine.ts';
import { ManualTime, RecordingLine } from '../support/machine/ManualTime.ts';

const MIB = 1024 * 1024;
const IMAGE_BYTES = 512 * MIB;
const REQUEST_BYTES = 128 * 1024;
const SECTORS = REQUEST_BYTES / 512;
const PAGES = REQUEST_BYTES / 4096;
const BUFFER = 0x80_0000;
/** Pages of the buffer that belong together lie apart. */
const pageAddress = (page: number): number => BUFFER + 0x2000 * page;
const TABLE = 0x1_0000;
/** What the issue asks for. */
const WANTED = 200;

const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-bench-'));
const host = new NodeImageHost();
const { memory, processors } = await bareMachine({ memoryBytes: 32 * MIB });
const ram = memory.ram(0, memory.ramBytes);
const view = new DataView(ram.buffer, ram.byteOffset, ram.byteLength);
const dma = new RamMaster(
  { size: memory.ramBytes, view: (address, byteLength) => memory.ram(address, byteLength) },
  (address, byteLength) => {
    for (let page = address & ~0xfff; page < address + byteLength; page += 4096) memory.setFlags(page, PAGE_FLAG.dirty);
    for (const processor of processors) processor.invalidatePhysical(address, byteLength);
  },
);
const time = new ManualTime();

async function makeImages(): Promise<void> {
  const raw = await open(path.join(folder, 'raw.img'), 'w');
  const block = new Uint8Array(MIB);
  for (let at = 0; at < IMAGE_BYTES; at += MIB) await raw.write(block.fill(at / MIB), 0, MIB, at);
  await raw.close();
  const qcow2 = await open(path.join(folder, 'disk.qcow2'), 'w');
  await qcow2.close();
  const file = host.open(path.join(folder, 'disk.qcow2'), 'read-write');
  writeNewQcow2(file, { byteLength: IMAGE_BYTES });
  file.close();
}

function medium(name: string): Medium {
  const opened = openImage(host, path.join(folder, name), 'read-write');
  if (!opened.ok) throw new Error(opened.message);
  return new Medium(opened.image, 512, {
    onProblem: (message) => console.error(message),
    onAccess: () => undefined,
  });
}

/** Moves a request's sectors; `isWrite` from memory to the disk. */
type Move = (sector: number, isWrite: boolean) => void;

function ide(disk: Medium): Move {
  const channel = new IdeChannel('ide0', time.timers, new RecordingLine(), [new AtaDisk(disk, 'VM0', true), undefined]);
  const busMaster = new BusMaster();
  channel.attachBusMaster(busMaster, dma);
  channel.reset();
  for (let page = 0; page < PAGES; page++) {
    view.setUint32(TABLE + 8 * page, pageAddress(page), true);
    view.setUint32(TABLE + 8 * page + 4, page === PAGES - 1 ? 0x8000_1000 : 0x1000, true);
  }
  return (sector, isWrite) => {
    for (const [offset, value] of [
      [6, 0xe0],
      [2, SECTORS >> 8],
      [3, sector >>> 24],
      [4, 0],
      [5, 0],
      [2, SECTORS & 0xff],
      [3, sector & 0xff],
      [4, (sector >> 8) & 0xff],
      [5, (sector >> 16) & 0xff],
      [7, isWrite ? 0x35 : 0x25],
    ] as const)
      channel.write(offset, 1, value);
    for (let i = 0; i < 4; i++) busMaster.write(4 + i, (TABLE >>> (8 * i)) & 0xff);
    busMaster.write(2, 6);
    busMaster.write(0, isWrite ? 1 : 9);
    time.advance(100_000);
    if (channel.read(7, 1) & 1) throw new Error(`the disk failed at sector ${sector}`);
    busMaster.write(0, 0);
  };
}

function virtio(disk: Medium): Move {
  const device = new VirtioMmio(new VirtioBlock('virtio-blk0', disk, 'VM0'), time.timers, dma, new RecordingLine());
  const [descriptors, available, used, header, status] = [0x2_0000, 0x2_2000, 0x2_3000, 0x2_8000, 0x2_9000] as const;
  device.reset();
  for (const [offset, value] of [
    [0x70, 3],
    [0x24, 0],
    [0x20, 1 << 9],
    [0x70, 0x0b],
    [0x30, 0],
    [0x38, 256],
    [0x80, descriptors],
    [0x90, available],
    [0xa0, used],
    [0x44, 1],
    [0x70, 0x0f],
  ] as const)
    device.write(offset, 4, value);
  let index = 0;
  return (sector, isWrite) => {
    view.setUint32(header, isWrite ? 1 : 0, true);
    view.setUint32(header + 8, sector, true);
    const buffers = [
      [header, 16, 0],
      ...Array.from({ length: PAGES }, (_, page) => [pageAddress(page), 4096, isWrite ? 0 : 2] as const),
      [status, 1, 2],
    ] as const;
    buffers.forEach(([address, byteLength, flags], slot) => {
      view.setUint32(descriptors + 16 * slot, address, true);
      view.setUint32(descriptors + 16 * slot + 8, byteLength, true);
      view.setUint16(descriptors + 16 * slot + 12, flags | (slot < buffers.length - 1 ? 1 : 0), true);
      view.setUint16(descriptors + 16 * slot + 14, slot + 1, true);
    });
    view.setUint16(available + 4 + 2 * (index % 256), 0, true);
    index = (index + 1) & 0xffff;
    view.setUint16(available + 2, index, true);
    device.write(0x50, 4, 0);
    if (ram[status] !== 0) throw new Error(`the disk failed at sector ${sector}`);
  };
}

function measure(name: string, move: Move, isWrite: boolean): void {
  const start = performance.now();
  for (let sector = 0; sector < IMAGE_BYTES / 512; sector += SECTORS) move(sector, isWrite);
  const rate = IMAGE_BYTES / 1000 / (performance.now() - start);
  const verdict = isWrite ? '' : rate >= WANTED ? '  ok' : `  below the ${WANTED} MB/s wanted`;
  console.log(`${name.padEnd(28)}${rate.toFixed(0).padStart(7)} MB/s${verdict}`);
}

try {
  await makeImages();
  for (const [name, connect] of [
    ['IDE DMA', ide],
    ['virtio', virtio],
  ] as const) {
    measure(`${name}, raw, read`, connect(medium('raw.img')), false);
    measure(`${name}, raw, write`, connect(medium('raw.img')), true);
  }
  measure('virtio, qcow2, first write', virtio(medium('disk.qcow2')), true);
  measure('virtio, qcow2, write again', virtio(medium('disk.qcow2')), true);
  measure('virtio, qcow2, read', virtio(medium('disk.qcow2')), false);
  measure('IDE DMA, qcow2, read', ide(medium('disk.qcow2')), false);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
