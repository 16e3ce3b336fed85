import { onMounted } from 'vue';
import { useI18n } from 'vue-i18n';
import { bridge } from '../../app/bridge.ts';
import { useDialogs } from '../../stores/dialogs.ts';

/** Asks before the app ends with machines or texts that would be lost. */
export function useQuitQuestion(disposers: (() => void)[]): void {
  const { t } = useI18n();
  const dialogs = useDialogs();
  onMounted(() => {
    const dispose = bridge().subscribe('app:quitRequested', async ({ machines, unsaved }) => {
      const lost = [
        machines.length > 0 ? t('ask.quitMachines', { names: machines.map(({ name }) => name).join(', ') }) : '',
        unsaved.length > 0 ? t('ask.quitUnsaved', { names: unsaved.join(', ') }) : '',
      ];
      const quit = await dialogs.ask({
        title: t('ask.quit'),
        body: lost.filter((sentence) => sentence !== '').join('\n'),
        confirm: t('ask.quitConfirm'),
        isDangerous: true,
      });
      await bridge().call('app:answerQuit', { quit });
    });
    disposers.push(dispose);
  });
}
