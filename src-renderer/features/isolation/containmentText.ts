import type { ContainmentDetail, ContainmentEntry } from '../../../src-preload/contract/observation.ts';
import { t } from '../../app/i18n.ts';
import { exceptionName } from '../debug/breakpointText.ts';
import { prefixedHex } from '../format/numbers.ts';

/** The place or the range of places that was tried. */
function placeText({ kind, address, lastAddress }: ContainmentEntry): string {
  const digits = kind === 'unknown-port' ? 4 : 8;
  const first = prefixedHex(address, digits);
  return lastAddress > address ? `${first}–${prefixedHex(lastAddress, digits)}` : first;
}

/** What was tried, in one sentence. */
export function triedText(entry: ContainmentEntry): string {
  const values = { name: entry.name, place: placeText(entry) };
  if (entry.kind === 'outside-ram' || entry.kind === 'unknown-port') {
    const access = entry.access === 'write' ? 'write' : entry.access === 'execute' ? 'execute' : 'read';
    return t(`tried.${entry.kind}-${access}`, values);
  }
  const sentence = t(`tried.${entry.kind}`, values);
  const { detail } = entry;
  return detail === null ? sentence : t('triedDetail.beside', { sentence, detail: detailText(detail) });
}

function detailText(detail: ContainmentDetail): string {
  switch (detail.id) {
    case 'instruction':
      return detail.mnemonic;
    case 'undelivered-exception':
      return t('triedDetail.undeliveredException', { exception: exceptionName(detail.vector) });
    case 'interrupts-off':
      return t('triedDetail.interruptsOff', { seconds: detail.seconds });
    case 'crash':
      return t(`crash.${detail.kind}`);
  }
}

/** Which mechanism answered, in one sentence. */
export function answeredText(entry: ContainmentEntry): string {
  return t(`answered.${entry.mechanism}`);
}
