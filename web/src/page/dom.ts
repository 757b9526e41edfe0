// Small helpers over the document. Values from the wire only ever go through textContent.
export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  content = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content) element.textContent = content;
  return element;
}

// Writes only what changed, so that a still panel costs nothing and a selection of its text survives.
export function setText(element: HTMLElement, content: string): void {
  if (element.textContent !== content) element.textContent = content;
}

export function setClass(element: HTMLElement, name: string): void {
  if (element.className !== name) element.className = name;
}
