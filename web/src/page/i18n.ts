// Texts in the chosen language. Elements of the page name theirs by data-text (content) and data-title (tooltip and
// accessible name); everything is set as text, never as markup.
import type { Language } from '../format.ts';
import { en } from './catalogue_en.ts';
import { fr, type Catalogue, type TextKey } from './catalogue_fr.ts';

export const CATALOGUES: Record<Language, Catalogue> = { fr, en };
let current: Language = 'fr';

export function language(): Language {
  return current;
}

export function text(key: TextKey, values: Record<string, string | number> = {}): string {
  return fill(CATALOGUES[current][key], values);
}

export function fill(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

export function setLanguage(next: Language): void {
  current = next;
  document.documentElement.lang = next;
  document.title = text('title');
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    element.textContent = text(element.dataset.text as TextKey);
  }
  for (const element of document.querySelectorAll<HTMLElement>('[data-title]')) {
    const title = text(element.dataset.title as TextKey);
    element.title = title;
    if (!element.textContent?.trim() || element.matches('input, select, button')) {
      element.setAttribute('aria-label', title);
    }
  }
  for (const element of document.querySelectorAll<HTMLInputElement>('[data-hint]')) {
    element.placeholder = text(element.dataset.hint as TextKey);
  }
}
