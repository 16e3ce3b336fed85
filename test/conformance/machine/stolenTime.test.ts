import { expect, test } from 'vitest';
import { assembledMachine } from '../../support/machine/assembledMachine.ts';
import { pics, pit, vector } from '../../support/machine/pcAssembly.ts';

const MS = 1_000_000;

/**
 * What Linux does before it trusts a timer interrupt (arch/x86/kernel/apic/io_apic.c, `timer_irq_works`): waits for forty
 * ticks of 4 ms by the time-stamp counter, and gives up unless more than four have come.
 */
const countTicks = (handler: string): string => `
    xor ax, ax
    mov ds, ax
    ${vector(0x20, 'tick')}
    ${pics(0xfe)}
    ${pit(4773)} ; 250 Hz
    sti
    rdtsc
    mov esi, eax
wait_:
    rdtsc
    sub eax, esi
    cmp eax, 160000000
    jb wait_
    cli
    mov al, [ticks]
    out 0xe0, al
    hlt
tick:
    push ax
    inc byte [ticks]
    ${handler}
    mov al, 0x20
    out 0x20, al
    pop ax
    iret
ticks: db 0
`;

/** What a handler does that looks at the time again and again with interrupts off: it takes 0.2 ms. */
const WATCH_TIME = `
    push ebx
    push edx
    rdtsc
    mov ebx, eax
again:
    rdtsc
    sub eax, ebx
    cmp eax, 200000
    jb again
    pop edx
    pop ebx
`;

test.each([
  { stolenMs: 0, everyMs: 1000, handler: 'short', code: '' },
  { stolenMs: 40, everyMs: 4, handler: 'short', code: '' },
  { stolenMs: 200, everyMs: 1, handler: 'short', code: '' },
  { stolenMs: 40, everyMs: 4, handler: 'long', code: WATCH_TIME },
])(
  'a guest from which $stolenMs ms are stolen every $everyMs ms counts its ticks in a $handler handler',
  async (run) => {
    const { stolenMs, everyMs, code } = run;
    // Each look at the clock takes two microseconds.
    let host = 0;
    let looks = 0;
    const monotonicNs = (): number => {
      host += 2000;
      if (++looks % (everyMs * 500) === 0) host += stolenMs * MS;
      return host;
    };
    const guest = await assembledMachine(countTicks(code), {
      hostTime: { monotonicNs },
      clock: { kind: 'host' },
      logPorts: [0xe0],
    });
    let reason = 'budget';
    while (reason === 'budget' && host < 60_000 * MS) ({ reason } = guest.machine.run({ untilHostNs: host + 10 * MS }));
    expect(reason).toBe('halted');
    const ticks = parseInt(guest.logged[0]?.split(':')[1] ?? '', 16);
    expect(ticks).toBeGreaterThan(35);
    expect(ticks).toBeLessThanOrEqual(41);
  },
);
