// Why something fails, in the operator's language: the node tells a stable code, and behind it what its libraries said,
// in English, which stays as the technical detail.
import { fr, type TextKey } from './catalogue_fr.ts';
import { text } from './i18n.ts';

export function causeText(code: string, detail: string): string {
  const key = `cause_${code}`;
  if (code === 'other' || !Object.hasOwn(fr, key)) return detail;
  return detail ? `${text(key as TextKey)} (${detail})` : text(key as TextKey);
}
