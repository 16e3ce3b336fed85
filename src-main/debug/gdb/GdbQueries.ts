import { codeBits } from './loadSegment.ts';
import type { DebugView } from './DebugView.ts';
import type { Monitor } from './Monitor.ts';
import { escaped, MOST_BODY_BYTES, unescaped } from './packets.ts';
import { ERROR, MOST_READ_BYTES, parseRange } from './packetFields.ts';
import { MEMORY_MAP, targetDescription } from './targetDescription.ts';

/** QEMU's bits for how steps are taken. Holding off interrupts holds off timers as well. */
const QEMU_STEP = { enable: 1, noInterrupts: 2, noTimers: 4 } as const;

/** The `q` and `Q` packets ("Debugging with GDB", E.4) that can be answered at once. */
export class GdbQueries {
  private readonly view: DebugView;
  private readonly monitor: Monitor;

  constructor(view: DebugView, monitor: Monitor) {
    this.view = view;
    this.monitor = monitor;
  }

  /** The reply; '' to what is not known here. */
  reply(text: string, body: Buffer): string | Buffer {
    const [name = ''] = /^[qQ][A-Za-z.]*/.exec(text) ?? [];
    const rest = text.slice(name.length + 1);
    switch (name) {
      case 'qSupported':
        return [
          `PacketSize=${MOST_BODY_BYTES.toString(16)}`,
          'QStartNoAckMode+',
          'qXfer:features:read+',
          'qXfer:memory-map:read+',
          'vContSupported+',
          'swbreak+',
          'hwbreak+',
          ...(this.view.debug.canGoBack ? ['ReverseStep+', 'ReverseContinue+'] : []),
        ].join(';');
      case 'qAttached':
        // So that a gdb that ends leaves the machine to its user.
        return '1';
      case 'qC':
        return `QC${(this.view.selected + 1).toString(16)}`;
      case 'qfThreadInfo':
        return `m${this.view.debug.processors.map(({ id }) => (id + 1).toString(16)).join(',')}`;
      case 'qsThreadInfo':
        return 'l';
      case 'qThreadExtraInfo':
        return Buffer.from(this.monitor.describeVcpu(parseInt(rest, 16) - 1)).toString('hex');
      case 'qSymbol':
        return 'OK';
      case 'qXfer':
        return this.transfer(rest);
      case 'qRcmd':
        return this.runMonitor(Buffer.from(rest, 'hex').toString('utf8'));
      case 'qSearch':
        return this.search(rest, body);
      case 'qCRC':
        return this.checksum(rest);
      default:
        return this.onQemuQuery(text);
    }
  }

  /** QEMU's own packets, which scripts send with `maintenance packet`. */
  private onQemuQuery(text: string): string {
    const { debug } = this.view;
    const held = QEMU_STEP.noInterrupts | QEMU_STEP.noTimers;
    switch (text) {
      case 'qqemu.PhyMemMode':
        return this.view.space === 'physical' ? '1' : '0';
      case 'qqemu.sstepbits':
        return `ENABLE=${QEMU_STEP.enable},NOIRQ=${QEMU_STEP.noInterrupts},NOTIMER=${QEMU_STEP.noTimers}`;
      case 'qqemu.sstep':
        return `0x${(QEMU_STEP.enable | (debug.stepsTakeInterrupts || debug.canGoBack ? 0 : held)).toString(16)}`;
    }
    const [, mode] = /^Qqemu\.PhyMemMode:([01])$/.exec(text) ?? [];
    const [, bits] = /^Qqemu\.sstep=(?:0x)?([0-9a-f]+)$/i.exec(text) ?? [];
    if (mode !== undefined) this.view.space = mode === '1' ? 'physical' : 'linear';
    else if (bits !== undefined) debug.stepsTakeInterrupts = (parseInt(bits, 16) & QEMU_STEP.noInterrupts) === 0;
    else return '';
    return 'OK';
  }

  /** `object:read:annex:offset,length` */
  private transfer(rest: string): string | Buffer {
    const [, object, annex, place = ''] = /^([a-z-]+):read:([^:]*):([0-9a-f]+,[0-9a-f]+)$/i.exec(rest) ?? [];
    let document: string;
    if (object === 'features' && annex === 'target.xml') {
      this.view.describedBits = codeBits(this.view.processor.state);
      document = targetDescription(this.view.describedBits);
    } else if (object === 'memory-map' && annex === '') document = MEMORY_MAP;
    else return object === 'features' || object === 'memory-map' ? 'E00' : '';
    const range = parseRange(place);
    if (range === undefined) return 'E00';
    const most = Math.min(range.byteLength, MOST_BODY_BYTES / 2);
    const piece = Buffer.from(document).subarray(range.address, range.address + most);
    const isLast = range.address + piece.length >= document.length;
    return Buffer.concat([Buffer.from(isLast ? 'l' : 'm'), escaped(piece)]);
  }

  private runMonitor(command: string): string {
    const text = this.monitor.run(command);
    return text === '' ? 'OK' : Buffer.from(text).toString('hex');
  }

  /** `memory:address;length;pattern` */
  private search(rest: string, body: Buffer): string {
    const [prefix = '', address = '', length = ''] = /^memory:([0-9a-f]+);([0-9a-f]+);/i.exec(rest) ?? [];
    const pattern = unescaped(body.subarray('qSearch:'.length + prefix.length));
    if (prefix === '' || pattern.length === 0) return ERROR.badArgument;
    const range = { address: parseInt(address, 16), byteLength: parseInt(length, 16) };
    const found = this.view.memory.find(this.view.processor, this.view.space, range, pattern);
    return found === undefined ? '0' : `1,${found.toString(16)}`;
  }

  /** For `compare-sections`: CRC-32 by the polynomial 04C11DB7h, most significant bit first, from all ones. */
  private checksum(rest: string): string {
    const range = parseRange(rest);
    if (range === undefined) return ERROR.badArgument;
    let crc = -1;
    for (let done = 0; done < range.byteLength;) {
      const most = Math.min(range.byteLength - done, MOST_READ_BYTES);
      const bytes = this.view.memory.read(this.view.processor, this.view.space, range.address + done, most);
      if (bytes.length < most) return ERROR.badAddress;
      for (const byte of bytes) {
        crc ^= byte << 24;
        for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
      }
      done += bytes.length;
    }
    return `C${(crc >>> 0).toString(16)}`;
  }
}
