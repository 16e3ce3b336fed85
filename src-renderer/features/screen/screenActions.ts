import { t } from '../../app/i18n.ts';
import { bridge } from '../../app/bridge.ts';
import { useMachines } from '../../stores/machines.ts';
import { useNotices } from '../../stores/notices.ts';
import { pastedText } from './pastedText.ts';

const CONTROL_ALT_DELETE = ['ControlLeft', 'AltLeft', 'Delete'];
const MISSING_SHOWN = 10;

/** What can be done with a machine's screen and keyboard. */
export function useScreenActions() {
  const notices = useNotices();
  const machines = useMachines();

  function pressControlAltDelete(id: string): void {
    const down = CONTROL_ALT_DELETE.map((code) => ({ code, pressed: true }));
    const up = CONTROL_ALT_DELETE.toReversed().map((code) => ({ code, pressed: false }));
    void bridge().call('vm:key', { id, keys: [...down, ...up] });
  }

  /** Types the clipboard's text; what cannot be typed is left out, and said. */
  async function paste(id: string): Promise<void> {
    const place = `machine:${id}` as const;
    const copied = notices.settle(place, await bridge().call('clipboard:readText'));
    if (copied === undefined) return;
    const { pieces, cut } = pastedText(copied);
    const missing = new Set<string>();
    for (const text of pieces) {
      const typed = notices.settle(place, await bridge().call('vm:typeText', { id, text }));
      if (typed === undefined) return;
      for (const character of typed.missing) missing.add(character);
    }
    const losses: string[] = [];
    if (copied === '') losses.push(t('screen.nothingToPaste'));
    if (missing.size > 0) {
      const layout = t(`keyboardLayout.${machines.byId.get(id)?.keyboardLayout ?? 'us'}`);
      losses.push(t('screen.notTypeable', { layout, characters: [...missing].slice(0, MISSING_SHOWN).join(' ') }));
    }
    if (cut > 0) losses.push(t('screen.pasteCut', { count: cut }));
    if (losses.length > 0) notices.show(place, { code: 'not-typed', message: losses.join(' ') }, 'warning');
  }

  async function savePicture(id: string): Promise<void> {
    notices.settle(`machine:${id}`, await bridge().call('screen:savePicture', { id }));
  }

  return { pressControlAltDelete, paste, savePicture };
}
