import { onMounted } from 'vue';
import { useI18n } from 'vue-i18n';
import { bridge } from '../../app/bridge.ts';
import type { EventPayload } from '../../../src-preload/contract/contract.ts';
import { useDialogs } from '../../stores/dialogs.ts';

/** Asks before the app ends with machines or texts that would be lost. */
export function useQuitQuestion(disposers: (() => void)[]): void {
  const { t } = useI18n();
  const dialogs = useDialogs();

  async function answer({ machines, unsaved }: EventPayload<'app:quitRequested'>): Promise<void> {
    const lost = [
      machines.length > 0 ? t('ask.quitMachines', { names: machines.map(({ name }) => name).join(', ') }) : '',
      unsaved.length > 0 ? t('ask.quitUnsaved', { names: unsaved.join(', ') }) : '',
    ];
    const quit = await dialogs.ask({
      title: t('ask.quit'),
      body: lost.filter((sentence) => sentence !== '').join('\n'),
      confirm: t('ask.quitConfirm'),
      isDangerous: true,
      ...(machines.length > 0 && {
        alternative: {
          label: t('ask.quitSuspend'),
          choose: () => void bridge().call('app:answerQuit', { quit: true, suspend: true }),
        },
      }),
    });
    await bridge().call('app:answerQuit', { quit });
  }

  onMounted(() => {
    disposers.push(bridge().subscribe('app:quitRequested', (request) => void answer(request)));
  });
}
