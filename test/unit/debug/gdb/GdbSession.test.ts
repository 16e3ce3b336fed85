import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { escaped, framed } from '../../../../src-main/debug/gdb/packets.ts';
import { REGISTERS } from '../../../../src-main/debug/gdb/x86Registers.ts';
import { CS, RAX, RCX, STATE } from '../../../../src-main/engine/state/layout.ts';
import { debuggedTravel } from '../../../../src-main/hypervisor/timetravel/debugMachine.ts';
import { TimeTravel } from '../../../../src-main/hypervisor/timetravel/TimeTravel.ts';
import { GdbClient } from '../../../support/debug/GdbClient.ts';
import { type AssembledMachine, bareMachine, loadAssembled } from '../../../support/machine/assembledMachine.ts';
import { pics, vector } from '../../../support/machine/pcAssembly.ts';

let parts: AssembledMachine;
let gdb: GdbClient;

beforeAll(async () => {
  parts = await bareMachine({ exitPort: 0xf4 });
});

function start(source: string): void {
  loadAssembled(parts.machine, source);
  gdb = new GdbClient(parts);
  for (const processor of parts.processors) {
    processor.setBreakpoints([]);
    processor.setWatchpoints([]);
  }
}

function registerNumber(name: string): string {
  return REGISTERS.findIndex((register) => register.name === name).toString(16);
}

/** A 32-bit register's value, as `p` gives it. */
function value(name: string): number {
  return Buffer.from(gdb.ask(`p${registerNumber(name)}`), 'hex').readUInt32LE();
}

function set(name: string, number: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return gdb.ask(`P${registerNumber(name)}=${bytes.toString('hex')}`);
}

/** A real-mode segment that begins at its code, so that offset and address differ. */
const SEGMENTED = 'jmp 0x7c0:code-0x7c00\ncode: nop\nmov ax, 5\nmov cx, 6\nhlt';

describe('the conversation', () => {
  beforeEach(() => start('nop\nhlt'));

  test('says what it can do', () => {
    const features = gdb.ask('qSupported:multiprocess+;swbreak+').split(';');
    expect(features).toContain('PacketSize=4000');
    expect(features).toContain('QStartNoAckMode+');
    expect(features).toContain('qXfer:features:read+');
  });

  test('answers what it does not know with nothing, so that gdb does without', () => {
    for (const packet of ['vMustReplyEmpty', '!', 'qTStatus', 'bs', 'vFile:setfs:0', 'QNonStop:1', '']) {
      expect(gdb.ask(packet)).toBe('');
    }
  });

  test('acknowledges packets until gdb asks it not to', () => {
    gdb.ask('?');
    expect(gdb.acknowledgements).toBe('+');
    expect(gdb.ask('QStartNoAckMode')).toBe('OK');
    gdb.ask('?');
    expect(gdb.acknowledgements).toBe('++');
  });

  test('sends its last packet again when that was not understood', () => {
    const reply = gdb.ask('qC');
    gdb.send('-');
    expect(gdb.nextReply()).toBe(reply);
    gdb.send('$qC#00');
    expect(gdb.acknowledgements).toBe('+-');
  });

  test('describes registers that add up to what it sends', () => {
    const description = gdb.ask('qXfer:features:read:target.xml:0,4000');
    const bits = [...description.matchAll(/bitsize="(\d+)"/g)].reduce((sum, [, size]) => sum + Number(size), 0);
    expect(gdb.ask('g')).toHaveLength(bits / 4);
  });

  test('hands the description over in pieces', () => {
    const whole = gdb.ask('qXfer:features:read:target.xml:0,4000');
    let text = '';
    for (let reply = 'm'; reply.startsWith('m');) {
      reply = gdb.ask(`qXfer:features:read:target.xml:${text.length.toString(16)},100`);
      text += reply.slice(1);
    }
    expect(text).toBe(whole.slice(1));
  });

  test('has a thread for the vCPU', () => {
    expect(gdb.ask('qfThreadInfo')).toBe('m1');
    expect(gdb.ask('qsThreadInfo')).toBe('l');
    expect(gdb.ask('T1')).toBe('OK');
    expect(gdb.ask('T2')).toMatch(/^E/);
    expect(gdb.ask('Hg2')).toMatch(/^E/);
    expect(Buffer.from(gdb.ask('qThreadExtraInfo,1'), 'hex').toString()).toBe('vCPU 0: real mode, 0000:0x00007c00');
  });

  test('survives packets that make no sense', () => {
    const piece = fc.constantFrom(...'?gGpPmMXZzcCsSvHTqQ,;:=#0123456789abcdef-vCont Xfer'.split(''));
    const packet = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(packet, (body) => {
        gdb.session.receive(framed(escaped(Buffer.from(body, 'latin1'))));
        gdb.debug.interrupt();
        while (gdb.nextReply() !== undefined);
        if (gdb.isClosed) gdb = new GdbClient(parts);
        expect(gdb.ask('qC')).toBe('QC1');
      }),
      { numRuns: 300 },
    );
  });
});

describe('registers', () => {
  test('are read one by one and all together', () => {
    start('mov eax, 0x12345678\nhlt');
    gdb.ask('vCont;s');
    expect(gdb.ask('p0')).toBe('78563412');
    expect(gdb.ask('g').slice(0, 8)).toBe('78563412');
  });

  test('are written one by one and all together', () => {
    start('nop\nhlt');
    expect(gdb.ask('P1=efbeadde')).toBe('OK');
    expect(parts.machine.processors[0]?.state.register(RCX)).toBe(0xdead_beef);
    expect(gdb.ask(`G44332211${gdb.ask('g').slice(8)}`)).toBe('OK');
    expect(parts.machine.processors[0]?.state.register(RAX)).toBe(0x1122_3344);
  });

  test('of a number that there is not are refused', () => {
    start('nop\nhlt');
    expect(gdb.ask('pff')).toBe('E16');
    expect(gdb.ask('Pff=00')).toBe('E16');
    expect(gdb.ask('P0=0000')).toBe('E16');
  });

  test('show the program counter as an address, and the offset beside it', () => {
    start(SEGMENTED);
    gdb.ask('s');
    expect(value('eip')).toBe(0x7c05);
    expect(value('ip')).toBe(5);
    expect(value('cs_base')).toBe(0x7c00);
  });

  test('show the offset as the program counter to who wants that', () => {
    start(SEGMENTED);
    gdb.ask('s');
    expect(gdb.monitor('pc offset')).toMatch(/^\$pc is offset\./);
    expect(value('eip')).toBe(5);
  });

  test('take an address as the program counter, if it lies in the segment', () => {
    start(SEGMENTED);
    gdb.ask('s');
    expect(set('eip', 0x7c09)).toBe('OK');
    expect(value('ip')).toBe(9);
    expect(set('eip', 0x2_0000)).toBe('E16');
    expect(gdb.ask('s')).toMatch(/^T05/);
    expect(value('ecx') & 0xffff).toBe(6);
  });

  test('take a selector with its base: in real mode its paragraph', () => {
    start('nop\nhlt');
    expect(set('ds', 0x1234)).toBe('OK');
    expect(value('ds_base')).toBe(0x1_2340);
  });

  test('take a selector with its base: in protected mode its descriptor, or none', () => {
    start(`
      lgdt [gdtr]
      mov eax, cr0
      or al, 1
      mov cr0, eax
      hlt
      align 8
      gdt: dq 0, 0x00cf9b000000ffff, 0x12cf93345678ffff
      gdtr: dw 23
            dd gdt`);
    for (let count = 0; count < 4; count++) gdb.ask('s');
    expect(set('ds', 0x10)).toBe('OK');
    expect(value('ds_base')).toBe(0x1234_5678);
    expect(value('ds_limit')).toBe(0xffff_ffff);
    expect(set('ds', 0x18)).toBe('E16');
    expect(set('ds', 0)).toBe('OK');
    expect(set('cs', 0x10)).toBe('E16');
    expect(set('cs', 8)).toBe('OK');
    expect(parts.machine.processors[0]?.state.segmentAttributes(CS)).toBe(0xc09b);
  });

  test('of the x87 are what gdb expects: values by place in the stack, full tags', () => {
    start('fninit\nfldz\nfld1\nhlt');
    for (let count = 0; count < 3; count++) gdb.ask('s');
    expect(gdb.ask(`p${registerNumber('st0')}`)).toBe('0000000000000080ff3f');
    expect(value('ftag')).toBe(0x4fff);
    expect(value('fctrl')).toBe(0x37f);
    expect(value('fstat')).toBe(0x3000);
    expect(gdb.ask(`P${registerNumber('st1')}=0000000000000080ff3f`)).toBe('OK');
    expect(value('ftag')).toBe(0x0fff);
  });

  test('of SSE hold 128 bits', () => {
    start('nop\nhlt');
    const bytes = '000102030405060708090a0b0c0d0e0f';
    expect(gdb.ask(`P${registerNumber('xmm3')}=${bytes}`)).toBe('OK');
    expect(gdb.ask(`p${registerNumber('xmm3')}`)).toBe(bytes);
  });
});

describe('memory', () => {
  beforeEach(() => start('mov ax, 5\nhlt'));

  test('is read, as far as it goes', () => {
    expect(gdb.ask('m7c00,3')).toBe('b80500');
    expect(gdb.ask('m1ffffe,4')).toBe('0000');
    expect(gdb.ask('mfee00000,4')).toBe('E0e');
    expect(gdb.ask('m7c00')).toBe('E16');
  });

  test('is written in digits and in bytes, code that ran before included', () => {
    gdb.ask('s');
    expect(gdb.ask('M7c00,3:b80700')).toBe('OK');
    set('eip', 0x7c00);
    gdb.ask('s');
    expect(value('eax') & 0xffff).toBe(7);
    expect(gdb.ask(Buffer.concat([Buffer.from('X1000,4:'), escaped(Buffer.from('$#*}'))]))).toBe('OK');
    expect(gdb.ask('m1000,4')).toBe('24232a7d');
    expect(gdb.ask('X1000,0:')).toBe('OK');
  });

  test('is not written in part, nor with another number of bytes than announced', () => {
    expect(gdb.ask('M1ffffe,4:01020304')).toBe('E0e');
    expect(gdb.ask('m1ffffe,2')).toBe('0000');
    expect(gdb.ask('M1000,4:0102')).toBe('E16');
    expect(gdb.ask('M1000,1:zz')).toBe('E16');
  });

  test('is searched across pages', () => {
    gdb.ask('M1ffe,4:deadbeef');
    expect(gdb.ask(Buffer.from('qSearch:memory:0;10000;\xde\xad\xbe\xef', 'latin1'))).toBe('1,1ffe');
    expect(gdb.ask(Buffer.from('qSearch:memory:0;1000;\xde\xad\xbe\xef', 'latin1'))).toBe('0');
  });

  test('is summed up as compare-sections wants it', () => {
    gdb.ask(`M1000,9:${Buffer.from('123456789').toString('hex')}`);
    // CRC-32/MPEG-2 of the usual test text.
    expect(gdb.ask('qCRC:1000,9')).toBe('C376e6e7');
  });

  test('may be the physical one', () => {
    expect(gdb.ask('qqemu.PhyMemMode')).toBe('0');
    expect(gdb.ask('Qqemu.PhyMemMode:1')).toBe('OK');
    expect(gdb.ask('qqemu.PhyMemMode')).toBe('1');
    expect(gdb.ask('m7c00,1')).toBe('b8');
  });
});

describe('running', () => {
  test('stops at a breakpoint that is not in memory, and goes on over it', () => {
    start('mov ecx, 3\nagain: inc eax\nloop again\nhlt');
    expect(gdb.ask('Z0,7c06,1')).toBe('OK');
    expect(gdb.ask('m7c06,2')).toBe('6640');
    for (const count of [0, 1, 2]) {
      expect(gdb.ask('vCont;c')).toMatch(/^T05thread:1;swbreak:;/);
      expect(value('eax')).toBe(count);
    }
    expect(gdb.ask('z0,7c06,1')).toBe('OK');
    expect(gdb.ask('c')).toMatch(/^T00/);
  });

  test('sends along the registers that gdb asks for first', () => {
    start('nop\nhlt');
    expect(gdb.ask('s')).toContain('08:017c0000;');
  });

  test('stops behind writes and reads of what is watched', () => {
    start('mov [0x9000], ax\nmov bx, [0x9000]\nhlt');
    gdb.ask('Z2,9000,2');
    expect(gdb.ask('c')).toMatch(/^T05thread:1;watch:9000;/);
    gdb.ask('z2,9000,2');
    gdb.ask('Z3,9000,2');
    expect(gdb.ask('c')).toMatch(/^T05thread:1;rwatch:9000;/);
  });

  test('steps out of a HLT to the handler of the interrupt that ends it, by the host’s clock too', async () => {
    const own = await bareMachine({ clock: { kind: 'host' } });
    loadAssembled(own.machine, 'xor ax, ax\nmov ds, ax\nmov word [0x20], 0x7c40\nmov [0x22], cs\nsti\nhlt\nnop');
    const client = new GdbClient(own);
    for (let count = 0; count < 6; count++) expect(client.ask('s')).toMatch(/^T05/);
    expect(own.machine.isWaiting).toBe(true);
    expect(client.ask('s')).toContain('08:407c0000;');
  });

  test('steps through a range as through one line, but not over a breakpoint in it', () => {
    start('nop\nnop\nnop\nnop\nhlt');
    gdb.ask('vCont;r7c00,7c03:1');
    expect(value('eip')).toBe(0x7c03);
    set('eip', 0x7c00);
    gdb.ask('Z1,7c02,1');
    expect(gdb.ask('vCont;r7c00,7c04:1')).toContain('swbreak:;');
    expect(value('eip')).toBe(0x7c02);
  });

  test('is interrupted by Ctrl-C', () => {
    start('jmp $');
    gdb.session.receive(framed('vCont;c'));
    gdb.debug.run({ instructions: 1000 });
    gdb.send('\x03');
    expect(gdb.nextReply()).toMatch(/^T02/);
    expect(gdb.debug.isHeld).toBe(true);
  });

  test('steps take no interrupts unless told to', () => {
    const source = `
      ${vector(0x20, 'handler')}
      ${pics(0xfe)}
      mov al, 0x10
      out 0x43, al
      mov al, 2
      out 0x40, al
      again: jmp again
      handler: iret`;
    start(source);
    for (let count = 0; count < 400; count++) gdb.ask('s');
    const loop = value('eip');
    // The timer has long expired.
    expect(set('eflags', 0x202)).toBe('OK');
    gdb.ask('s');
    expect(value('eip')).toBe(loop);
    expect(gdb.ask('Qqemu.sstep=1')).toBe('OK');
    gdb.ask('s');
    expect(value('eip')).toBe(loop + 2);
  });

  test('tells where the processor shut down, and lets it be looked at', () => {
    start('lidt [none]\nud2\nnone: dw 0,0,0');
    expect(gdb.ask('c')).toMatch(/^T06/);
    expect(gdb.console).toMatch(/^The machine has ended: .*triple fault/);
    expect(value('eip')).toBe(0x7c05);
    expect(gdb.ask('c')).toBe('(no reply)');
    expect(gdb.exit?.reason).toBe('shutdown');
  });

  test('tells of a HLT that nothing wakes, and starts anew on demand', () => {
    start('inc ax\nhlt');
    expect(gdb.ask('c')).toMatch(/^T00/);
    expect(gdb.console).toContain('“monitor reset” starts anew');
    expect(gdb.monitor('reset')).toContain('The machine is reset.');
    expect(value('eip')).toBe(0x7c00);
    expect(gdb.ask('c')).toMatch(/^T00/);
  });

  test('tells when code has another size than gdb was told', () => {
    start(`
      lgdt [gdtr]
      mov eax, cr0
      or al, 1
      mov cr0, eax
      jmp 8:wide
      wide: hlt
      align 8
      gdt: dq 0, 0x00cf9b000000ffff
      gdtr: dw 15
            dd gdt`);
    expect(gdb.ask('qXfer:features:read:target.xml:0,200')).toContain('<architecture>i8086</architecture>');
    gdb.ask('c');
    expect(gdb.console).toContain('The processor runs 32-bit code now: “unset tdesc filename” makes gdb see that.');
    expect(gdb.ask('qXfer:features:read:target.xml:0,200')).toContain('<architecture>i386</architecture>');
  });

  test('tells the value that the guest ended with', () => {
    start('mov al, 3\nout 0xf4, al\nhlt');
    gdb.ask('vCont;c');
    expect(gdb.exit).toEqual({ reason: 'poweroff', detail: '3' });
    gdb.debug.tellEnd({ isCrash: false, status: 3 });
    expect(gdb.nextReply()).toBe('W03');
    expect(gdb.isClosed).toBe(true);
  });
});

describe('a machine whose run is repeatable', () => {
  let history: TimeTravel | undefined;

  function startWithHistory(source: string): void {
    loadAssembled(parts.machine, source);
    history = new TimeTravel(parts, { hostTime: { monotonicNs: () => performance.now() * 1e6 } });
    gdb = new GdbClient(parts, debuggedTravel(history));
  }

  afterEach(() => history?.close());

  const COUNTING = 'mov cx, 3\nagain: inc word [0x9000]\nloop again\nhlt';
  const HISTORY_START = /^T05thread:1;replaylog:begin;/;

  test('goes back step by step, up to where it began', () => {
    startWithHistory('inc ax\ninc ax\nhlt');
    expect(gdb.ask('qSupported')).toContain('ReverseStep+;ReverseContinue+');
    gdb.ask('s');
    gdb.ask('s');
    expect(value('eax')).toBe(2);
    expect(gdb.ask('bs')).toMatch(/^T05/);
    expect(value('eax')).toBe(1);
    gdb.ask('bs');
    expect(value('eax')).toBe(0);
    expect(gdb.ask('bs')).toMatch(HISTORY_START);
  });

  test('goes back to the last breakpoint, then to the one before', () => {
    startWithHistory(COUNTING);
    gdb.ask('c');
    expect(gdb.ask('Z0,7c03,1')).toBe('OK');
    for (const left of [1, 2, 3]) {
      expect(gdb.ask('bc')).toContain('swbreak:;');
      expect(value('ecx') & 0xffff).toBe(left);
    }
    expect(gdb.ask('bc')).toMatch(HISTORY_START);
    expect(gdb.ask('c')).toContain('swbreak:;');
  });

  test('goes back to the write that it has just stopped at', () => {
    startWithHistory(COUNTING);
    gdb.ask('Z2,9000,2');
    gdb.ask('c');
    gdb.ask('c');
    expect(gdb.ask('m9000,2')).toBe('0200');
    expect(gdb.ask('bc')).toContain('watch:9000;');
    expect(gdb.ask('m9000,2')).toBe('0100');
  });

  test('goes back past what was written to registers and memory, and comes to it again', () => {
    startWithHistory('inc ax\ninc ax\ninc ax\nhlt');
    gdb.ask('s');
    expect(gdb.ask('M9000,1:07')).toBe('OK');
    set('ecx', 5);
    expect(gdb.ask(`P${registerNumber('xmm1')}=${'5a'.repeat(16)}`)).toBe('OK');
    gdb.ask('s');
    expect(gdb.ask('bs')).toMatch(/^T05/);
    expect(gdb.ask('bs')).toMatch(/^T05/);
    expect([value('eax'), gdb.ask('m9000,1')]).toEqual([0, '00']);
    gdb.ask('s');
    gdb.ask('s');
    expect([value('eax'), value('ecx'), gdb.ask('m9000,1')]).toEqual([2, 5, '07']);
    expect(gdb.ask(`p${registerNumber('xmm1')}`)).toBe('5a'.repeat(16));
  });

  test('gives up going back when gdb interrupts it', () => {
    startWithHistory('again: jmp again');
    gdb.send(framed('c'));
    for (let slice = 0; slice < 20; slice++) gdb.debug.run({ instructions: 100_000 });
    gdb.send(Buffer.from([3]));
    expect(gdb.nextReply()).toMatch(/^T02/);
    const { instructions } = parts.machine.position;
    gdb.send(framed('bc'));
    expect(gdb.debug.isSearching).toBe(true);
    gdb.send(Buffer.from([3]));
    expect(gdb.nextReply()).toMatch(/^T02/);
    expect(parts.machine.position.instructions).toBe(instructions);
  });

  test('comes back from its end', () => {
    startWithHistory('inc ax\nhlt');
    gdb.ask('c');
    gdb.ask('bs');
    expect(value('eip')).toBe(0x7c01);
    expect(gdb.ask('c')).toMatch(/^T00/);
  });

  test('is the only one that can', () => {
    start('nop\nhlt');
    expect(gdb.ask('qSupported')).not.toContain('Reverse');
    expect(gdb.ask('bs')).toBe('');
  });
});

describe('taking leave', () => {
  test('with detach the machine runs on without breakpoints', () => {
    start('again: jmp again');
    gdb.ask('Z0,7c00,1');
    gdb.session.receive(framed('D'));
    expect(gdb.nextReply()).toBe('OK');
    expect(gdb.isClosed).toBe(true);
    expect(gdb.debug.isHeld).toBe(false);
    expect(gdb.debug.run({ instructions: 1000 }).reason).toBe('budget');
  });

  test('without a word the machine stays where it is', () => {
    start('nop\nhlt');
    gdb.session.lost();
    expect(gdb.debug.isHeld).toBe(true);
    const next = new GdbClient(parts);
    expect(next.ask('?')).toMatch(/^T05/);
  });

  test('kill ends the machine', () => {
    start('nop\nhlt');
    gdb.session.receive(framed('vKill;1'));
    expect(gdb.nextReply()).toBe('OK');
    expect(gdb.debug.isKilled).toBe(true);
  });
});

describe('monitor commands', () => {
  beforeEach(() => start('mov ah, 0xe\nmov al, "A"\nint 0x10\nhlt'));

  test('are listed', () => {
    expect(gdb.monitor('help')).toMatch(/^help +these lines\n/);
    expect(gdb.monitor('dance')).toBe('There is no monitor command “dance”; “monitor help” lists them.\n');
  });

  test('show registers with what they mean', () => {
    const text = gdb.monitor('info registers');
    expect(text).toMatch(/^real mode, 16-bit code, no paging, interrupts off\n/);
    expect(text).toContain('cs   0000  base 00000000  limit 0000ffff  16-bit');
  });

  test('show what is mapped', () => {
    expect(gdb.monitor('info pages')).toBe('Paging is off: linear addresses are physical ones.\n');
  });

  test('show physical memory', () => {
    expect(gdb.monitor('xp 0x7c00 4')).toMatch(/^0x00007c00 {2}b4 0e b0 41 +\.\.\.A\n$/);
    expect(gdb.monitor('xp')).toMatch(/say an address/);
    expect(gdb.monitor('xp 0xfee00000')).toBe('No memory answers at physical 0xfee00000.\n');
  });

  test('show the screen', () => {
    gdb.ask('c');
    expect(gdb.monitor('screen')).toBe('A\n');
  });

  test('show devices by how they are used', () => {
    expect(gdb.monitor('info devices')).toMatch(/^pit0 +\d+ reads, \d+ writes$/m);
  });

  test('show interrupt vectors', () => {
    expect(gdb.monitor('info idt')).toMatch(/^10 {2}f000:[0-9a-f]{4}$/m);
  });

  test('may be cut short while one alone begins so', () => {
    expect(gdb.monitor('tr 0x1234')).toBe('0x00001234 leads to physical 0x00001234\n');
  });

  test('send an NMI', () => {
    gdb.monitor('nmi');
    expect(parts.processors[0]?.state.getInt(STATE.nmiPending)).toBe(1);
  });
});
