export const isolation = {
  what: 'Put a machine that writes everywhere beside two that work, and see what it reaches.',
  open: {
    title: 'Machines side by side',
    text: 'Primes and life are at work. Each has memory of its own, which no address of another machine leads to. The Isolation page shows all of them with walls between.',
    task: 'Open the Isolation page.',
    done: 'One column for each machine: a map of its memory, its share of the processor, and a digest.',
  },
  digest: {
    title: 'How to see that nothing was touched',
    text: 'Pages that a machine has not written itself must hold what was loaded into them. The engine hashes them again and again; the digest stands for all of them.',
    task: 'Wait until both memories have been checked once more.',
    done: 'Primes has been checked {passes} times, and its digest is {digest}. Remember how it begins.',
  },
  rogue: {
    title: 'Now the rogue',
    text: 'Rogue writes over all 4 GiB that an address can name, again and again, far beyond its own 4 MiB.',
    task: 'Choose rogue in the list and start it.',
    done: 'Stopped at its walls {count} times already. Its own memory map has nothing out there: the writes went nowhere.',
  },
  whole: {
    title: 'What became of the neighbours',
    text: 'The wall beside rogue lights where it is hit, and the log below says what was tried and which mechanism answered.',
    task: 'Go back to the Isolation page, and wait for one more check of the neighbours.',
    done: 'Primes: {digest}, after {passes} checks. The digest of what nobody else may write is what it was.',
  },
  crash: {
    title: 'A machine may die',
    text: 'Triple throws its interrupt table away and divides by zero. The fault has no handler, nor has the fault that follows: a third one, and an x86 processor shuts down.',
    task: 'Start triple and wait for its countdown.',
    done: 'Triple is down, with a report of where. Primes and life never noticed.',
  },
  stop: {
    title: 'You have the last word',
    text: 'However busy a guest is, it runs in a thread that the scheduler gives time to, and takes it from. It cannot refuse to stop.',
    task: 'Power rogue off.',
    done: 'Gone, at once. What it had written went with its memory.',
  },
  end: {
    title: 'What you have seen',
    text: 'A guest’s address reaches memory only through its own machine’s map, and generated code cannot leave that machine’s memory because V8 bounds it. The demonstration (Help menu) sets five rogues on three machines at once.',
  },
};
