export const translation = {
  what: 'Watch guest code become records, then WebAssembly, while it runs.',
  meet: {
    title: 'Code for another processor',
    text: 'Primes is an x86 program, and the engine that runs it is no x86 processor: it lives in WebAssembly. It could look at each instruction anew every time. Instead it translates code once, when it is first reached, and runs the translation ever after.',
  },
  before: {
    title: 'Before the first instruction',
    text: 'The Translation panel shows guest code on the left and what it has become on the right. Of a machine that has executed nothing, there is nothing on the right.',
    task: 'Press Step: the machine starts, paused before its first instruction.',
    done: 'Every line says “not translated”. The bytes are there; nobody has asked for them yet.',
  },
  run: {
    title: 'The first tier: records',
    text: 'Code that is reached becomes records, one for each instruction. A record names the handler that carries it out, with its operands filled in; handlers call one another, and no loop in between looks anything up.',
    task: 'Resume the machine.',
    done: '{records} lines around the next instruction have a record now. Colour at the edge is heat: how often a line is executed at this moment.',
  },
  region: {
    title: 'The second tier: regions',
    text: 'Blocks count how often they are entered. Hot ones are compiled together into a single WebAssembly function, loops and calls included, with the guest’s registers in local variables. V8 makes machine code of your computer of it.',
    task: 'Watch until a block says “region”.',
    done: 'A region of {instructions} guest instructions, {bytes} bytes of WebAssembly, has carried out {retired} instructions since it was made. The machine runs at {mips} million a second.',
  },
  choose: {
    title: 'Line by line',
    text: 'Everything in this panel is linked: a guest instruction, its record, and the WebAssembly that came of it.',
    task: 'Choose a line of a region: the flame leads to the hottest one; in the list, click or use the arrow keys.',
    done: '“{instruction}” and what it became are marked beside and below it. Where the guest’s flags are never read, no code computes them.',
  },
  breakpoint: {
    title: 'A breakpoint is a record',
    text: 'To stop at an instruction, the engine puts another record in its place: one that stops. Nothing tests for breakpoints while none are met, so they cost nothing.',
    task: 'In the Code panel, set a breakpoint in the loop: click to the left of a line, or choose the line and use the key.',
    done: 'It stopped at {address}, before that instruction. The region was left exactly there, with every register as it should be.',
  },
  resume: {
    title: 'And back to full speed',
    text: 'Taken away, a breakpoint leaves no trace: the translation without it is still there.',
    task: 'Clear the breakpoint and resume the machine.',
    done: 'Back at {mips} million instructions a second.',
  },
  end: {
    title: 'What you have seen',
    text: 'Binary translation pays the price of understanding an instruction once, and the more often code runs, the more work goes into its translation. Programs that rewrite themselves are noticed, and what they change is translated again: the sample “Self-modifying code” shows it.',
  },
};
