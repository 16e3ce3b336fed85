/**
 * The arrows between folders, as ARCHITECTURE.md draws them: a folder may import itself and what is
 * listed here, nothing else. The engine's interfaces are the files directly in its folder, and the
 * state that a virtual processor shows through them.
 */
const engine = (folder) => `src-main/engine/${folder}`;
const ENGINE_INTERFACES = 'src-main/engine/([^/]+[.]ts$|state/)';
/** What instructions are made of. How modules and functions are encoded is the tiers' business. */
const WASM_EXPRESSIONS = 'src-main/engine/wasm/(Expression|vectors|floats)[.]ts$';

/** Semantics call routines by name and signature, with control words as these read them; what routines are made of is the tiers' business. */
const ROUTINE_NAMES = 'src-main/engine/softfloat/(routines|sse/(signatures|mxcsr))[.]ts$';

const arrows = {
  [engine('isa')]: [],
  [engine('state')]: [ENGINE_INTERFACES],
  [engine('wasm')]: [],
  [engine('softfloat')]: [engine('wasm')],
  [engine('mmu')]: [engine('wasm'), ENGINE_INTERFACES],
  [engine('decode')]: [engine('isa')],
  [engine('assembler')]: [engine('isa'), engine('decode')],
  [engine('semantics')]: [engine('isa'), WASM_EXPRESSIONS, ROUTINE_NAMES, ENGINE_INTERFACES],
  [engine('tiers')]: [
    engine('isa'),
    engine('decode'),
    engine('semantics'),
    engine('wasm'),
    engine('softfloat'),
    engine('mmu'),
    ENGINE_INTERFACES,
  ],
  // A vCPU is where the tiers, the memory they see and the helpers they call are put together.
  [engine('accelerators')]: [engine('tiers'), engine('mmu'), engine('semantics'), engine('decode'), ENGINE_INTERFACES],
  [engine('disassembler')]: [engine('isa'), engine('decode')],
  // Assembly text is a program file like any other.
  'src-main/machine': [engine('assembler'), ENGINE_INTERFACES],
  'src-main/hypervisor': ['src-main/machine', engine('accelerators'), ENGINE_INTERFACES],
  'src-main/debug': ['src-main/engine', 'src-main/machine'],
  // The contract answered, for whoever asks: the window's bridge, the control socket, the command line itself.
  'src-main/control': ['src-main/hypervisor', 'src-main/debug', 'src-preload/contract'],
  'src-main/desktop': ['src-main/control', 'src-main/hypervisor', 'src-main/debug', 'src-preload/contract'],
  // The command line runs a machine in its own thread, without a hypervisor around it.
  'src-main/cli': [
    'src-main/control',
    'src-main/hypervisor',
    'src-main/machine',
    'src-main/debug',
    'src-preload/contract',
    engine('assembler'),
    engine('decode'),
    engine('disassembler'),
    ENGINE_INTERFACES,
  ],
  'src-preload/contract': [],
  'src-preload/(?!contract/)': ['src-preload/contract'],
  'src-renderer': ['src-preload/contract'],
};

const slash = (place) => (/[$/)]$/.test(place) ? place : `${place}/`);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(arrows).map(([from, to]) => ({
      name: `arrows-of-${from.replace(/\/\(.*/, '')}`,
      comment: `${from} may import ${to.length > 0 ? to.join(', ') : 'nothing outside itself'} (and packages).`,
      severity: 'error',
      from: { path: `^${slash(from)}` },
      to: { path: '^(src-|test/|scripts/)', pathNot: [from, ...to].map((place) => `^${slash(place)}`) },
    })),
    {
      name: 'renderer-takes-types-only',
      comment:
        'The renderer knows the bridge by its types, its client, the layouts of its frames and their readings; schemas run in main.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: {
        path: '^src-preload/',
        pathNot: '^src-preload/contract/(layouts/|readings/|BridgeClient[.]ts$)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'engine-is-pure',
      comment: 'Memory, clock and WebAssembly are handed to the engine: no Node, no packages.',
      severity: 'error',
      from: { path: '^src-main/engine/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'electron-stays-on-the-desktop',
      comment: 'Everything but src-main/desktop and the preload bridge runs in plain Node too.',
      severity: 'error',
      from: { path: '^src-', pathNot: '^src-main/desktop/|^src-main/index[.]ts$|^src-preload/index[.]ts$' },
      to: { path: '(^|/)node_modules/electron(-25)?/|^electron$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      // Queries such as `?raw` are the bundler's.
      to: { couldNotResolve: true, pathNot: '[?]' },
    },
    {
      name: 'sources-know-no-tests',
      severity: 'error',
      from: { path: '^(src-|scripts/)' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    skipAnalysisNotInRules: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
