export const screen = {
  screen: {
    label: 'Screen of {name}',
    leaveHint: 'Control, Alt and G give the keyboard back',
    leave: 'Give the keyboard back',
    captured: '{name} has your keyboard.',
    mouseCaptured: '{name} has your keyboard and mouse.',
    takeBack: 'Take back',
    captureMouse: 'Give the mouse to the machine (Ctrl+Alt+G takes it back)',
    savePicture: 'Save a picture',
    whole: 'Full screen',
    leaveWhole: 'Leave full screen',
    nothingToPaste: 'There is no text on the clipboard.',
    notTypeable:
      'A keyboard with the layout {layout} has no keys for these characters, which were left out: {characters}. If the guest’s system uses another layout, choose it in the machine’s settings.',
    pasteCut: 'The last {count} characters were left out: typing them would take too long.',
    offDrive: 'Off. It starts from {program}.',
    controlAltDelete: 'Press Ctrl+Alt+Del in the machine',
    paste: 'Type the clipboard’s text into the machine',
    scaleSmooth: 'Smooth the picture',
    clickToType: 'Click the screen to type into the machine.',
    waiting: 'Waiting for the first picture…',
    off: 'Off. {program} is loaded and ready to start.',
    noProgram:
      'This machine has nothing to start yet. Load a program, put an image into a drive, or drop a file onto its row.',
  },
};
