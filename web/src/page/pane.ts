// What the mosaic and a console that is one of its panes say to each other. They are pages of different nodes, so they
// can only send messages; whatever comes is read as if a stranger had sent it.
import type { Language } from '../format.ts';
import type { ThemeName } from '../palette.ts';

export const PANE_LIVES = 'liptako.pane.lives';
export const PANE_TELLS_MS = 1_000;

export interface Wish {
  language?: Language;
  theme?: ThemeName;
}

export function readWish(data: unknown): Wish {
  if (typeof data !== 'object' || data === null) return {};
  const { language, theme } = data as Record<string, unknown>;
  return {
    ...(language === 'fr' || language === 'en' ? { language } : {}),
    ...(theme === 'night' || theme === 'day' ? { theme } : {}),
  };
}
