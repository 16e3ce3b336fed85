export const sensitive = {
  what: 'Instructions that reach beyond a program: what they are rewritten into, and who may use them.',
  meet: {
    title: 'Not every instruction is harmless',
    text: 'An addition may run as it is. Reading a port, switching interrupts off, halting, loading the table of descriptors: carried out for real, these would reach the host. They are called sensitive, and the engine rewrites each of them. Hello is a boot sector that uses a few: it speaks through a serial port and sleeps in between.',
  },
  exits: {
    title: 'Where the guest gives control back',
    text: 'When a sensitive instruction runs, control leaves the guest’s code for the engine. That is an exit, and each kind is counted.',
    task: 'Open the Exits panel of hello.',
    done: '{instructions} instructions, of which {ports} reached a port and {halts} halted the processor. All others ran without asking anybody.',
  },
  choose: {
    title: 'What one became',
    text: 'In the Translation panel a diamond ◆ marks sensitive instructions. Behind the arrow stands the helper of the engine that is called in its place, and how often.',
    task: 'Choose a line with a diamond, such as “in al, dx”.',
    done: '“{instruction}” has become a call of {helper}, taken {count} times so far. The serial port that it speaks to is an object of the machine’s own.',
  },
  step: {
    title: 'Take one yourself',
    text: 'Hello stands before its first instruction again. It begins by telling its devices how to work; the first OUT is a dozen instructions away.',
    task: 'Step until the first “out dx, al” has been taken. You may hold the key down.',
    done: 'Port {port} has been written to: accesses to ports were {before} and are {after}. You have just gone through the engine and back, and no device of your computer was asked.',
  },
  user: {
    title: 'And in a user program?',
    text: 'Ring3 has a small kernel, and a user program that tries sixteen privileged instructions, such as CLI and HLT, in ring 3, where a processor forbids them. The engine has to forbid them too, or the guest’s kernel could not trust its own programs.',
    task: 'Start ring3.',
    done: '{count} attempts so far. Each ended in a general protection fault inside the guest, and its kernel counts them on the screen.',
  },
  fault: {
    title: 'Faults are exits too',
    text: 'The check is part of the translation: the handler compares the privilege level and raises the exception, as the manual says. The guest’s kernel gets it through its own table of interrupts.',
    task: 'Open the Exits panel of ring3.',
    done: '{exceptions} exceptions so far. None of them has left the machine.',
  },
  end: {
    title: 'What you have seen',
    text: 'Translation lets the engine look at every instruction before it runs. Harmless ones become plain WebAssembly; sensitive ones become calls that ask the machine’s own devices and tables. Nothing is trapped, because nothing dangerous is ever emitted.',
  },
};
