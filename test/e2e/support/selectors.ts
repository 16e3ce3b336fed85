/**
 * `data-testid` values that the end-to-end tests find the window's parts by, since its words come in two
 * languages. The attributes named beside them carry values in one stable form.
 */
export const TEST_IDS = {
  // Left rail
  vmList: 'vm-list',
  /** With `data-vm-id`, `data-vm-name`, `data-state` (VmState) and `data-activity`. Dropping a file here loads it. */
  vmRow: 'vm-row',
  vmSearch: 'vm-search',
  vmThumbnail: 'vm-thumbnail',
  vmRate: 'vm-rate',
  newMachine: 'new-machine',
  openProgram: 'open-program',
  navIsolation: 'nav-isolation',
  navSchedule: 'nav-schedule',
  navEditor: 'nav-editor',
  navSamples: 'nav-samples',
  navSettings: 'nav-settings',
  /** Empty space that takes dropped files and makes machines of them. */
  dropZone: 'drop-zone',

  // A machine's page
  machinePage: 'machine-page',
  machineName: 'machine-name',
  /** With `data-state`. */
  machineState: 'machine-state',
  start: 'control-start',
  pause: 'control-pause',
  resume: 'control-resume',
  step: 'control-step',
  stepOver: 'control-step-over',
  reset: 'control-reset',
  powerOff: 'control-power-off',
  machineMenu: 'machine-menu',
  tabScreen: 'tab-screen',
  tabConsole: 'tab-console',
  tabProcessor: 'tab-processor',
  tabMemory: 'tab-memory',
  tabCode: 'tab-code',
  tabExits: 'tab-exits',
  screen: 'screen-canvas',
  console: 'console',
  /** With `data-register` and `data-value` ('0x' and eight digits or more). Double click edits while paused. */
  register: 'register',
  registerInput: 'register-input',
  /** With `data-flag` and `data-value` ('0' or '1'). */
  flag: 'flag',
  /** With `data-address` ('0x7c00'), `data-current` and `data-breakpoint` ('true' or 'false'). */
  disassemblyLine: 'disassembly-line',
  /** Inside a disassembly line. */
  breakpointToggle: 'breakpoint-toggle',
  memoryView: 'memory-view',
  memoryAddress: 'memory-address',
  /** With `data-kind` and `data-count`. */
  exitRow: 'exit-row',
  crashReport: 'crash-report',

  // Isolation and schedule
  isolationPage: 'isolation-page',
  /** With `data-vm-id`, `data-vm-name`, `data-foreign-writes`, `data-passes`, `data-received`, `data-entitled`. */
  isolationColumn: 'isolation-column',
  /** With `data-kind` and `data-vm-id`. */
  containmentEntry: 'containment-entry',
  demonstrationStart: 'demonstration-start',
  demonstrationStop: 'demonstration-stop',
  schedulePage: 'schedule-page',
  scheduleLanes: 'schedule-lanes',

  // Samples and first start
  sampleGallery: 'sample-gallery',
  /** With `data-sample-id`. */
  sampleCard: 'sample-card',
  sampleRun: 'sample-run',
  sampleEdit: 'sample-edit',

  // Editor
  editor: 'editor',
  editorText: 'editor-text',
  editorOpen: 'editor-open',
  editorSave: 'editor-save',
  editorAssemble: 'editor-assemble',
  editorRun: 'editor-run',
  /** With `data-line` and `data-column`. */
  editorDiagnostic: 'editor-diagnostic',

  // Settings, dialogs, messages
  settingsPage: 'settings-page',
  settingsTheme: 'settings-theme',
  settingsLanguage: 'settings-language',
  dialog: 'dialog',
  dialogConfirm: 'dialog-confirm',
  dialogCancel: 'dialog-cancel',
  /** With `data-severity`. */
  notification: 'notification',
} as const;
export type TestId = (typeof TEST_IDS)[keyof typeof TEST_IDS];
