export const processor = {
  what: 'Start, stop and step a processor that is nothing but data, and change its mind.',
  meet: {
    title: 'A machine made for you',
    text: 'The list now holds two machines that belong to this tour. Counter runs a loop of three instructions; seed is a program of four lines for later. Each has a virtual processor: a block of memory that holds what a processor’s registers would hold, and a program, the engine, that changes it as the processor would.',
  },
  start: {
    title: 'Let it run',
    text: 'Nothing of the machine exists as hardware. Started, it gets memory, a loaded program, and a thread that carries out one instruction after another.',
    task: 'Start counter.',
    done: 'It runs. The strip at the bottom shows the registers of its processor, ten times a second; in between, millions of instructions go by.',
  },
  pause: {
    title: 'Stop it between two instructions',
    text: 'A real processor cannot be held still. This one can, at any moment, because it is only data that somebody has stopped changing.',
    task: 'Pause counter.',
    done: 'It stands still, with EAX at {eax}. The arrow in the code marks the instruction that comes next; the program cannot tell that it was ever stopped.',
  },
  step: {
    title: 'One instruction at a time',
    text: 'The loop adds 1 to ECX, adds 3 to EAX and jumps back. Each step is exactly one of these; what it changed is marked.',
    task: 'Step until EAX changes.',
    done: 'EAX was {before} and is now {after}: “add eax, 3” has read a number from the processor’s block of memory, added 3, and written it back.',
  },
  write: {
    title: 'Change its mind',
    text: 'If a register is a number in memory, then you can write it. A debugger does nothing else.',
    task: 'Double-click the value of EAX at the bottom (or press Enter on it), type another number and press Enter.',
    done: 'EAX is {eax} now, and no instruction was needed for it. The program will go on counting from there.',
  },
  other: {
    title: 'Another processor',
    text: 'Seed has a virtual processor of its own: another block of memory, with other numbers in it.',
    task: 'Choose seed in the list and press Step: a machine that is off starts paused before its first instruction.',
    done: 'EAX of seed is {seed}, and EAX of counter is still {counter}. As many processors as you like, and none of them knows of the others.',
  },
  compute: {
    title: 'Six times seven',
    text: 'Seed adds, subtracts and multiplies, each time EAX with EBX. Both are 0, which is dull: give it something to do. (LIDT in front of these only makes ready.)',
    task: 'Write 6 into EAX and 7 into EBX, then step four times.',
    done: 'EAX is {eax} in decimal: 6 + 7, less 7, times 7. That is all a virtual processor is: numbers, and somebody who changes them by the rules.',
  },
  end: {
    title: 'What you have seen',
    text: 'A virtual processor is its registers, kept in memory, and the means to carry out instructions on them. So it can be started, stopped, stepped, changed, copied and kept in any number. The next tour shows how it gets to be fast all the same.',
  },
};
