import { defineStore } from 'pinia';
import { computed, shallowReactive, shallowRef } from 'vue';
import { bridge } from '../app/bridge.ts';
import { t } from '../app/i18n.ts';
import type { Session } from '../../src-preload/contract/application.ts';
import type { VmSummary } from '../../src-preload/contract/machines.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import type { Assembly, EditorDocument, FileGrant, ProgramSource } from '../../src-preload/contract/programs.ts';
import { useMachines } from './machines.ts';
import { useNotices } from './notices.ts';
import { useView } from './view.ts';

/** One open text. Replaced whole when anything but the text changes; the text lives in the editing component. */
export interface OpenText {
  readonly key: number;
  readonly name: string;
  readonly grant: FileGrant | null;
  readonly isChanged: boolean;
  readonly assembly: Assembly | null;
  /** The machine that it was run in last. */
  readonly machineId: string | null;
}

const SESSION_KEY = 'editor';

/** The program editor's texts. */
export const useEditor = defineStore('editor', () => {
  const notices = useNotices();
  const machines = useMachines();
  const view = useView();
  const documents = shallowReactive<OpenText[]>([]);
  const activeKey = shallowRef<number | null>(null);
  const texts = new Map<number, string>();
  const isBusy = shallowRef(false);
  let nextKey = 1;
  let saveTimer: ReturnType<typeof setTimeout> | undefined;

  const active = computed(() => documents.find((document) => document.key === activeKey.value) ?? null);

  function patch(key: number, changes: Partial<OpenText>): void {
    const index = documents.findIndex((document) => document.key === key);
    const former = documents[index];
    if (former) documents[index] = { ...former, ...changes };
  }

  function textOf(key: number): string {
    return texts.get(key) ?? '';
  }

  function tellMain(): void {
    const names = documents.filter((document) => document.isChanged).map((document) => document.name);
    void bridge().call('editor:unsaved', { names });
  }

  /** Unsaved texts survive the end of the app, even a sudden one. */
  function keepSoon(): void {
    clearTimeout(saveTimer);
    saveTimer = setTimeout(() => {
      const open = documents.map(({ key, name, isChanged }) => ({ name, isChanged, text: textOf(key) }));
      void bridge().call('session:update', { [SESSION_KEY]: open });
    }, 1000);
  }

  function open(document: EditorDocument, isChanged = false): void {
    const present =
      document.grant && documents.find((other) => other.grant?.displayPath === document.grant?.displayPath);
    if (present) {
      activeKey.value = present.key;
    } else {
      const key = nextKey++;
      texts.set(key, document.text);
      documents.push({ key, name: document.name, grant: document.grant, isChanged, assembly: null, machineId: null });
      activeKey.value = key;
      keepSoon();
    }
    view.open('editor');
  }

  function settleOpen(outcome: Outcome<EditorDocument>): void {
    const document = notices.settle('editor', outcome);
    if (document) open(document);
    else if (!outcome.ok && outcome.problem.code !== 'cancelled') view.open('editor');
  }

  function create(): void {
    const name = `${t('editor.untitled')}-${nextKey}.asm`;
    open({ name, text: t('editor.template'), grant: null });
  }

  async function openWithDialog(): Promise<void> {
    settleOpen(await bridge().call('editor:open'));
  }

  /** Files dropped onto the editor. */
  async function openFiles(files: readonly File[]): Promise<void> {
    for (const file of files) {
      const grant = notices.settle('editor', await bridge().grantFile(file));
      if (grant) settleOpen(await bridge().call('editor:openFile', { token: grant.token }));
    }
  }

  async function openSample(sampleId: string): Promise<void> {
    settleOpen(await bridge().call('sample:open', { sampleId }));
  }

  async function openMachine(id: string): Promise<void> {
    const document = notices.settle(`machine:${id}`, await bridge().call('program:source', { id }));
    if (!document) return;
    open(document);
    if (activeKey.value !== null) patch(activeKey.value, { machineId: id });
  }

  function changeText(key: number, text: string): void {
    texts.set(key, text);
    const document = documents.find((candidate) => candidate.key === key);
    if (document && !document.isChanged) {
      patch(key, { isChanged: true });
      tellMain();
    }
    keepSoon();
  }

  async function save(asNew = false): Promise<void> {
    const document = active.value;
    if (!document) return;
    const text = textOf(document.key);
    const outcome =
      document.grant && !asNew
        ? await bridge().call('editor:save', { token: document.grant.token, text })
        : await bridge().call('editor:saveAs', { name: document.name, text });
    const grant = notices.settle('editor', outcome);
    if (!grant) return;
    // Typing may have gone on while the file was written.
    patch(document.key, { grant, name: grant.name, isChanged: textOf(document.key) !== text });
    tellMain();
    keepSoon();
  }

  function close(key: number): void {
    const index = documents.findIndex((document) => document.key === key);
    if (index < 0) return;
    documents.splice(index, 1);
    texts.delete(key);
    if (activeKey.value === key) activeKey.value = documents[Math.min(index, documents.length - 1)]?.key ?? null;
    tellMain();
    keepSoon();
  }

  function sourceOf(document: OpenText): ProgramSource {
    const token = document.grant ? { token: document.grant.token } : {};
    return { kind: 'text', name: document.name, text: textOf(document.key), ...token };
  }

  async function assemble(): Promise<Assembly | undefined> {
    const document = active.value;
    if (!document) return undefined;
    isBusy.value = true;
    const token = document.grant ? { token: document.grant.token } : {};
    const request = { name: document.name, text: textOf(document.key), ...token };
    const assembly = notices.settle('editor', await bridge().call('editor:assemble', request));
    isBusy.value = false;
    if (assembly) patch(document.key, { assembly });
    return assembly;
  }

  /** Assembles, and if that succeeds runs the program: in a new machine, or in one that exists. */
  async function run(machineId: string | null): Promise<void> {
    const document = active.value;
    if (!document) return;
    const assembly = await assemble();
    if (!assembly || assembly.diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return;
    const machine = machineId === null ? await runInNew(document) : await runIn(machineId, document);
    if (!machine) return;
    patch(document.key, { machineId: machine.id });
    view.select(machine.id);
  }

  async function runInNew(document: OpenText): Promise<VmSummary | undefined> {
    return notices.settle('editor', await machines.create({ program: sourceOf(document), start: true }));
  }

  async function runIn(id: string, document: OpenText): Promise<VmSummary | undefined> {
    if (!notices.settle('editor', await machines.load(id, sourceOf(document)))) return undefined;
    const machine = machines.byId.get(id);
    if (machine?.state === 'paused') await machines.command('vm:resume', id);
    else if (machine?.state !== 'running') await machines.command('vm:start', id);
    return machines.byId.get(id);
  }

  function restore(session: Session): void {
    const saved = session[SESSION_KEY];
    if (!Array.isArray(saved)) return;
    for (const entry of saved) {
      if (!entry || typeof entry !== 'object' || Array.isArray(entry)) continue;
      const { name, text, isChanged } = entry;
      if (typeof name !== 'string' || typeof text !== 'string') continue;
      const key = nextKey++;
      texts.set(key, text);
      documents.push({ key, name, grant: null, isChanged: isChanged === true, assembly: null, machineId: null });
    }
    activeKey.value = documents[0]?.key ?? null;
    tellMain();
  }

  return {
    documents,
    active,
    activeKey,
    isBusy,
    textOf,
    create,
    open,
    openWithDialog,
    openFiles,
    openSample,
    openMachine,
    changeText,
    save,
    close,
    assemble,
    run,
    restore,
  };
});
