// Requests to the node and what they came to: an answer, a refusal with its code, or no answer at all.
import type { TextKey } from './catalogue_fr.ts';
import { age } from '../format.ts';
import { CATALOGUES, text } from './i18n.ts';

export type Answer =
  | { ok: true; value: unknown }
  | { ok: false; reason: string; error: string; retryAfterS: number; http: number }; // http 0: no answer

const PATIENCE_MS = 15_000;

export async function request(base: string, path: string, body?: unknown): Promise<Answer> {
  try {
    const response = await fetch(new URL(path, base), {
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          }),
    });
    let value: unknown = null;
    try {
      value = await response.json();
    } catch {
      // Not JSON: a refusal in plain text, which its status tells well enough.
    }
    if (response.ok) return { ok: true, value };
    const said = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    return {
      ok: false,
      reason: typeof said.reason === 'string' ? said.reason : '',
      error: typeof said.error === 'string' ? said.error : `HTTP ${response.status}`,
      retryAfterS: typeof said.retry_after_s === 'number' ? said.retry_after_s : NaN,
      http: response.status,
    };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: '', error: said, retryAfterS: NaN, http: 0 };
  }
}

// A refusal in the operator's language; of codes that this console does not know, the node's own words.
export function refusalOf(answer: Extract<Answer, { ok: false }>): string {
  if (answer.http === 0) return text('unanswered', { reason: answer.error });
  if (answer.reason === 'slow_down') {
    const wait = Number.isFinite(answer.retryAfterS) ? age(answer.retryAfterS * 1000) : '?';
    return text('refusal_slow_down', { age: wait });
  }
  const key = `refusal_${answer.reason}`;
  return Object.hasOwn(CATALOGUES.fr, key) ? text(key as TextKey) : answer.error;
}
