import { expect, test } from 'vitest';
import type { VmNetwork } from '../../../src-main/hypervisor/types.ts';
import { sleep, until, unwrap } from '../../support/hypervisor/openTestHypervisor.ts';
import { realHypervisor } from '../../support/hypervisor/realHypervisor.ts';

const opened = realHypervisor();

/**
 * The adapter in PCI slot 3, brought up by hand, promiscuous: ring from page 46h to 80h. Its ports start where its
 * base address register says.
 */
const START = `
bits 16
org 100h
%macro port 1
  mov dx, [base]
  add dx, %1
%endmacro
%macro set 2
  port %1
  mov al, %2
  out dx, al
%endmacro
  jmp start
base: dw 0
start:
  mov dx, 0cf8h
  mov eax, 80001810h
  out dx, eax
  mov dx, 0cfch
  in eax, dx
  and ax, 0fffch
  mov [base], ax
  set 0, 21h
  set 12, 14h
  set 1, 46h
  set 2, 80h
  set 3, 46h
  set 0, 61h
  set 7, 47h
  set 0, 22h
  set 7, 0ffh
`;

/** Sends the letter in BL again and again, as the payload of a broadcast of 60 bytes. */
const SENDER = `${START}
again:
  set 8, 0
  set 9, 40h
  set 10, 60
  set 11, 0
  set 0, 12h
  mov cx, 60
  port 10h
fill:
  mov al, 0ffh
  cmp cx, 54
  ja put
  mov al, 'V'
put:
  out dx, al
  loop fill
  set 4, 40h
  set 5, 60
  set 6, 0
  set 0, 26h
  mov cx, 0ffffh
pause_: loop pause_
  jmp again
`;

/** Writes the fifteenth byte of what comes first to COM1. */
const RECEIVER = `${START}
wait_:
  port 7
  in al, dx
  test al, 1
  jz wait_
  set 8, 18
  set 9, 47h
  set 10, 1
  set 11, 0
  set 0, 0ah
  port 10h
  in al, dx
  mov dx, 3f8h
  out dx, al
  cli
  hlt
`;

const start = (text: string, network: VmNetwork | null): Promise<string> => opened.start(text, { network });

function serial(id: string): string {
  return new TextDecoder().decode(opened.hypervisor.console.serialHistory(id));
}

test('machines on one segment hear each other, and machines on another do not', async () => {
  const near = await start(RECEIVER, { kind: 'segment', name: 'lab' });
  const far = await start(RECEIVER, { kind: 'segment', name: 'office' });
  const alone = await start(RECEIVER, { kind: 'host' });
  const sender = await start(SENDER, { kind: 'segment', name: 'lab' });
  await until(() => serial(near) === 'V', 'received', 30_000);
  await sleep(100);
  expect([serial(far), serial(alone)]).toEqual(['', '']);
  unwrap(await opened.hypervisor.powerOff(sender));
}, 60_000);

test('a machine whose thread is another since a restore is on its segment still', async () => {
  const receiver = await start(RECEIVER, { kind: 'segment', name: 'lab' });
  const { hypervisor } = opened;
  const snapshot = unwrap(await hypervisor.takeSnapshot(receiver, { name: 'before' }));
  unwrap(await hypervisor.powerOff(receiver));
  unwrap(await hypervisor.restoreSnapshot(receiver, snapshot.id, 'run'));
  await start(SENDER, { kind: 'segment', name: 'lab' });
  await until(() => serial(receiver).includes('V'), 'received', 30_000);
}, 60_000);

test('a machine without a network has no adapter', async () => {
  const id = await start(
    'bits 16\norg 100h\nmov dx, 0cf8h\nmov eax, 80001800h\nout dx, eax\nmov dx, 0cfch\nin al, dx\nmov dx, 3f8h\nadd al, 42h\nout dx, al\ncli\nhlt',
    null,
  );
  await until(() => serial(id) !== '', 'answered');
  expect(serial(id)).toBe('A');
});

test('a segment needs a name, and the network of a running machine stays as it is', async () => {
  const refusal = await opened.hypervisor.create({ network: { kind: 'segment', name: '-' } });
  expect(refusal).toMatchObject({ ok: false, error: { code: 'invalid', field: 'network' } });
  const id = await start('bits 16\norg 100h\njmp $', { kind: 'segment', name: 'lab' });
  const changed = await opened.hypervisor.update(id, { network: null });
  expect(changed).toMatchObject({ ok: false, error: { code: 'wrong-state' } });
  unwrap(await opened.hypervisor.powerOff(id));
  expect(unwrap(await opened.hypervisor.update(id, { network: { kind: 'host' } })).network).toEqual({ kind: 'host' });
});
