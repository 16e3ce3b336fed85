/** Where QEMU's translator (checked with version 7.2) is known to differ from the manual. */
interface Deviation {
  readonly why: string;
  readonly program: string;
  /** What the lines begin with. */
  readonly names: readonly string[];
  /** The rest of QEMU's line. */
  readonly theirs: RegExp;
}

const deviations: readonly Deviation[] = [
  {
    why: 'Memory accesses are not checked against limit, type and presence of their segment.',
    program: 'segments',
    names: [
      'read',
      'write',
      'dword across the limit',
      'byte beyond the limit',
      'dword across 4 GiB',
      'expand-down: at the limit',
      '16-bit expand-down: beyond',
      'write to read-only data',
      'write to code',
      'read from execute-only code',
    ],
    theirs: /^: done$/,
  },
  {
    why: 'The same in real mode.',
    program: 'realmode',
    names: [
      "word across the segment's end",
      "dword across the segment's end",
      'byte beyond the segment',
      "word across the stack's end",
      'not through DS',
    ],
    theirs: /^: done$/,
  },
  { why: 'Nor are jumps.', program: 'realmode', names: ['jump beyond the segment'], theirs: /^: not checked$/ },
  { why: 'A far jump does not set the accessed bit.', program: 'segments', names: ['00cf9300'], theirs: /^ 00cf9a00$/ },
  { why: 'So LAR sees it clear.', program: 'segments', names: ['execute-only code'], theirs: /^: LAR 00c09800/ },
  { why: 'LTR takes the null selector.', program: 'segments', names: ['LTR null'], theirs: /^: done$/ },
  {
    why: 'A call beyond the limit names the selector; the manual says #GP(0).',
    program: 'transfers',
    names: ['beyond the limit'],
    theirs: /^: #0d\(0038\)$/,
  },
  {
    why: 'A stack that is not present is #NP; the manual says #SS.',
    program: 'transfers',
    names: ['outwards, absent stack'],
    theirs: /^: #0b\(0088\)$/,
  },
  { why: 'The same in a task switch, see below.', program: 'tasks', names: ['absent SS'], theirs: /^: #0b\(00a0\) in/ },
  {
    why: 'Faults after the commit point of a task switch save the EIP of the old task in the new one.',
    program: 'tasks',
    names: [
      'null CS',
      'CS that is data',
      'absent CS',
      'CS of another level',
      'SS of another level',
      'null SS',
      'DS that cannot be read',
      'absent DS',
      'GS beyond the GDT',
      'LDT that is none',
    ],
    theirs: /^: #0[ab]\([0-9a-f]{4}\) in a task at [0-9a-f]{4}$/,
  },
  {
    why: 'RF is not saved in the TSS either.',
    program: 'tasks',
    names: ['exception with an error code'],
    theirs: /EFLAGS 00000002$/,
  },
  {
    why: 'The trap flag of a TSS does nothing.',
    program: 'tasks',
    names: ['jump to a TSS'],
    theirs: /^: EFLAGS 00000203/,
  },
  { why: 'A task switch leaves DR7.LE.', program: 'tasks', names: ['DR7 then'], theirs: / 00000500$/ },
  {
    why: 'An instruction that reads, modifies and writes across pages faults as if it only read.',
    program: 'paging',
    names: ['modify, second absent'],
    theirs: /^: #0e\(0000\)$/,
  },
  {
    why: 'Page faults for reserved bits say that the page is absent.',
    program: 'paging',
    names: ['reserved bit', 'NX without', '2 MiB, reserved bit', 'fetch, reserved bit'],
    theirs: /: #0e\(00(08|0e|18)\)/,
  },
  {
    why: 'Entries for 4 MiB hold 40 bits of an address, and PAE entries 36.',
    program: 'paging',
    names: ['reserved bit 17'],
    theirs: /^: done$/,
  },
  {
    why: 'PDPTEs are no registers: they are read again for each walk, and not checked before.',
    program: 'paging',
    names: ['CR0.PG with a reserved bit', 'reserved bit 36 of the last', 'reserved bit 8 of the last'],
    theirs: /^: done$/,
  },
  {
    why: 'The same.',
    program: 'paging',
    names: ['they are not read again'],
    theirs: /^: #0e\(0000\)$/,
  },
  { why: 'INT1 is undefined for its processor.', program: 'interrupts', names: ['INT1'], theirs: /^: #06$/ },
  {
    why: 'The EXT bit of error codes is not set.',
    program: 'interrupts',
    names: ['UD, absent gate'],
    theirs: /^: #0b\(0032\)$/,
  },
  {
    why: 'IRET at level 0 does not restore VIF and VIP.',
    program: 'interrupts',
    names: ['to level 3', 'to level 0'],
    theirs: /^: EAX 00243cd7/,
  },
  {
    why: 'An interrupt out of virtual-8086 mode may lead to level 1.',
    program: 'virtual8086',
    names: ['gate to level 1'],
    theirs: /from 0049$/,
  },
  {
    why: 'MOV SS does not hold off instruction breakpoints, nor what its own access has met.',
    program: 'debug',
    names: ['behind MOV SS', 'MOV SS from memory'],
    theirs: /^( #DB \+0[356] DR6 0ff1)+: done$/,
  },
  {
    why: 'An instruction breakpoint is met before every iteration of a repetition, an I/O breakpoint behind the last.',
    program: 'debug',
    names: ['on REP STOSB', 'REP OUTSB'],
    theirs: /^( #DB \+0[ac] DR6 0ff1)+: done$/,
  },
  {
    why: "The address bits below a breakpoint's length count.",
    program: 'debug',
    names: ['address bits below the length'],
    theirs: /^: done$/,
  },
  { why: 'I/O breakpoints do not need CR4.DE.', program: 'debug', names: ['without CR4.DE'], theirs: /^ #DB \+02/ },
  {
    why: 'Only one breakpoint is reported where several match.',
    program: 'debug',
    names: ['two that match', 'one that is not enabled'],
    theirs: /DR6 0ff1: done$/,
  },
  { why: 'STI holds off single steps.', program: 'debug', names: ['STI'], theirs: /^ #DB \+0b/ },
  {
    why: 'A data breakpoint met in a single step is reported at a wrong place, and again behind each step.',
    program: 'debug',
    names: ['with a data breakpoint'],
    theirs: /DR6 4ff1/,
  },
  {
    why: 'DR7.GD does nothing.',
    program: 'debug',
    names: ['MOV from DR0 with GD', 'MOV to DR7 with GD'],
    theirs: /^: done$/,
  },
  {
    why: 'Bits of DR6 and DR7 that are fixed can be changed.',
    program: 'debug',
    names: ['bits that are fixed'],
    theirs: /ffffdfff 0000dc00$/,
  },
  {
    why: 'The offset of a 16-bit gate has 32 bits.',
    program: 'mixing',
    names: ['bits 31 to 16 of the offset'],
    theirs: /^: at the wrong place$/,
  },
  {
    why: 'PUSH of a segment register writes the whole slot.',
    program: 'mixing',
    names: ['PUSH DS'],
    theirs: /^: 0000/,
  },
  {
    why: 'A far jump does not set the accessed bit.',
    program: 'mixing',
    names: ['LAR and LSL'],
    theirs: /12349a00 1234ffff$/,
  },
  {
    why: 'There are no virtual-8086 mode extensions in the translator, and no virtual interrupts in protected mode.',
    program: 'vme',
    names: [
      'CLI',
      'STI',
      'PUSHF',
      'POPF',
      'IRET with IF',
      'IRET without',
      'INT, redirected',
      'INT, bitmap beyond the limit',
    ],
    theirs: /(: #0d\(0000\) at \+0[0-9] EFLAGS|#20 at \+02 from v86)/,
  },
  { why: 'CR0 is not checked.', program: 'processor', names: ['NW without CD'], theirs: /^: done$/ },
  { why: '8F takes any extension for POP.', program: 'processor', names: ['8F /1'], theirs: /^: done$/ },
  {
    why: 'LOCK is ignored where it is illegal, but for the instructions that would otherwise allow it.',
    program: 'processor',
    names: ['LOCK MOV', 'LOCK TEST', 'LOCK MUL', 'LOCK PUSH', 'LOCK XCHG r, r', 'LOCK BT m', 'LOCK JMP'],
    theirs: /: done$/,
  },
  {
    why: 'Model-specific registers that do not exist read as zero, and writes are ignored.',
    program: 'processor',
    names: ['one that does not exist', 'writing it'],
    theirs: /^: done$/,
  },
  { why: 'The TSC cannot be written.', program: 'processor', names: ['its upper half'], theirs: /^: 00000000$/ },
  {
    why: 'Memory accesses are not checked against the type of their segment.',
    program: 'protection',
    names: ['in read-only memory that changes'],
    theirs: /^: done$/,
  },
];

export function isKnownDeviation(program: string, ours: string, theirs: string): boolean {
  return deviations.some(
    (deviation) =>
      deviation.program === program &&
      deviation.names.some(
        (name) => ours.startsWith(name) && theirs.startsWith(name) && deviation.theirs.test(theirs.slice(name.length)),
      ),
  );
}
