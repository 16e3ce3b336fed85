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
