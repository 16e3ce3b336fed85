export const schedule = {
  what: 'Two machines want one processor: set weights and caps, and see the shares follow.',
  open: {
    title: 'More machines than processors',
    text: 'Busy-a and busy-b look for prime numbers and never rest. Both are pinned to pCPU 0, one processor of the host that the scheduler may fill, so only one of them can run at a time.',
    task: 'Open the Schedule page.',
    done: 'Above, the lane of each pCPU: who had it, and when. Below, what each virtual processor did: run, be ready and wait, halt, or be held back by a cap.',
  },
  equal: {
    title: 'By turns',
    text: 'Whoever is owed time runs next, for a slice of some milliseconds. With equal weights each is owed half.',
    task: 'Watch until both have what their weights make due to them.',
    done: 'Of the time that the two had in the last seconds, busy-a had {a} and busy-b {b}; due to each: {due}.',
  },
  weight: {
    title: 'Set a weight',
    text: 'A weight says how much of contended time a machine gets, relative to the others. The usual one is 100.',
    task: 'Open the settings of busy-a (menu of the machine, or the command palette) and set its weight to 300.',
    done: 'The weights are {a} to {b}. The scheduler reads them at its next decision: nothing has to be stopped.',
  },
  follow: {
    title: 'The shares follow',
    text: 'The slices are as long as before; there are more of them for busy-a.',
    task: 'Watch until busy-a has what it is due now.',
    done: 'Of the time that the two had, busy-a has {a} now and busy-b {b}; due to busy-a: {due}.',
  },
  cap: {
    title: 'Set a cap',
    text: 'A weight counts only while others want to run. A cap is an upper limit that always holds, in percent of one pCPU.',
    task: 'In the settings of busy-a, set the cap to 20.',
    done: 'Capped at {cap}, busy-a has {a}, and busy-b takes what is left: {b}. In its row on the Schedule page, the time that the cap held it back is a band of its own.',
  },
  sleep: {
    title: 'Who sleeps costs nothing',
    text: 'Sleeper draws twenty pictures a second and halts in between. A halted processor is not in the queue; when its timer rings, it runs first, for it is owed the most.',
    task: 'Choose sleeper in the list and start it.',
    done: 'It runs, halted most of the time, with {share} of the pCPU.',
  },
  pause: {
    title: 'Time that nobody wants',
    text: 'A paused machine leaves the queue. What it had goes to those that want it, up to their caps.',
    task: 'Choose busy-b in the list and pause it.',
    done: 'Busy-b has {b}, busy-a {a}: a cap holds even while nobody else wants the time, and what it leaves stays idle.',
  },
  end: {
    title: 'What you have seen',
    text: 'The threads of the machines hand the processor to each other by these rules: proportional share by weight, caps by quota, and quick wake-ups for those who sleep. Nobody can gain by napping or by never giving way.',
  },
};
